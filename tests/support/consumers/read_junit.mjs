// Reads a JUnit report with junit2json and tells what it found, a line a suite and a case:
// read_junit.mjs FOLDER REPORT, where FOLDER is the one that install.sh filled.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, report] = process.argv.slice(2);
const library = join(folder, 'node_modules', 'junit2json', 'dist', 'esm', 'index.js');
const { parse } = await import(pathToFileURL(library).href);

const oneLine = (text) => (text || '-').replaceAll('\n', '\\n').trim();

// With no options of its own, so that text which looks like a number stays text.
const { testsuite: suites } = await parse(readFileSync(report, 'utf8'), {});
for (const suite of suites) {
  console.log(
    `suite ${oneLine(suite.name)}: ${suite.tests} tests, ${suite.failures} failures, ` +
      `${suite.errors} errors, ${suite.skipped} skipped`,
  );
  for (const test of suite.testcase ?? []) {
    console.log(`case ${oneLine(test.classname)} ${oneLine(test.name)}`);
    for (const word of ['skipped', 'error', 'failure']) {
      for (const result of test[word] ?? []) {
        console.log(`  ${word} ${oneLine(result.type)}: ${oneLine(result.message)}`);
        console.log(`  ${oneLine(result.inner)}`);
      }
    }
  }
}
