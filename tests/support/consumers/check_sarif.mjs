// Holds a SARIF report against its schema and tells what is wrong with it, a line each:
// check_sarif.mjs FOLDER REPORT, where FOLDER is the one that install.sh filled.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, report] = process.argv.slice(2);
const require = createRequire(join(folder, 'node_modules', 'x.js'));
const Ajv = require('ajv');
const ajv = new Ajv({ schemaId: 'auto', allErrors: true });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');

const log = JSON.parse(readFileSync(report, 'utf8'));
// It names the schema that it is valid against, which may have another address here.
delete log.$schema;
const valid = ajv.validate(schema, log);
for (const one of valid ? [] : ajv.errors) console.log(`${one.dataPath}: ${one.message}`);
console.log(`valid ${valid}, ${log.runs[0].results.length} results`);
