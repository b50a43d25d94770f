// Reads a workflow file as the system reads it, and tells what is wrong with it, a line each; then,
// as one line of JSON, the scripts of its steps: check_workflow.mjs FOLDER github|gitlab FILE, where
// FOLDER is the one that install.sh filled. GitHub's are read by GitHub's own parser.
import { readFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, system, file] = process.argv.slice(2);
const modules = join(folder, 'node_modules');
const text = readFileSync(file, 'utf8');
const { parse } = createRequire(join(modules, 'x.js'))('yaml');
const read = parse(text);

// The parser's JSON is meant for a bundler: node wants to be told that it is JSON.
const hook = `export async function load(url, context, next) {
  const type = { type: 'json' };
  const json = { ...context, importAttributes: type };
  return next(url, url.endsWith('.json') ? json : context);
}`;
register('data:text/javascript,' + encodeURIComponent(hook));

let scripts;
if (system === 'github') {
  const { NoOperationTraceWriter, parseWorkflow, convertWorkflowTemplate } = await import(
    pathToFileURL(join(modules, '@actions/workflow-parser/dist/index.js')));
  const result = parseWorkflow({ name: file, content: text }, new NoOperationTraceWriter());
  if (result.value) await convertWorkflowTemplate(result.context, result.value);
  for (const error of result.context.errors.getErrors()) console.log(error.message);
  scripts = Object.values(read.jobs).flatMap((job) => job.steps.map((step) => step.run));
} else {
  scripts = Object.values(read).flatMap((job) => [...job.before_script, ...job.script]);
}
console.log(JSON.stringify(scripts.filter((script) => script)));
