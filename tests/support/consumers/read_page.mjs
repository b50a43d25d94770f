// Opens a page in a headless browser and tells what it does there, a line a thing:
// read_page.mjs FOLDER BROWSER PAGE, where FOLDER is the one that install.sh filled.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, browserPath, file] = process.argv.slice(2);
const require = createRequire(join(folder, 'node_modules', 'x.js'));
const { chromium } = require('playwright-core');
const axe = require.resolve('axe-core/axe.min.js');

const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    // The checker is a script of its own, which the page's policy would not let in.
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: 800 },
      bypassCSP: true,
    });
    const page = await context.newPage();
    const requests = [];
    const errors = [];
    page.on('request', (one) => requests.push(one.url()));
    page.on('pageerror', (one) => errors.push(one.message));
    page.on('dialog', (one) => one.dismiss().then(() => errors.push('a dialog')));
    await page.goto(pathToFileURL(file).href);
    const seen = await page.evaluate(() => ({
      scripts: document.querySelectorAll('script, img, iframe, object, embed, form, link').length,
      handlers: [...document.querySelectorAll('*')].filter((element) =>
        [...element.attributes].some((one) => one.name.startsWith('on')),
      ).length,
      wide: [...document.querySelectorAll('body *')]
        .filter((element) => !element.parentElement.closest('.scroll, pre'))
        .filter((element) => !element.classList.contains('skip'))
        .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
        .map((element) => element.outerHTML.slice(0, 60)),
      findings: document.querySelectorAll('article').length,
      pictures: document.querySelectorAll('svg').length,
    }));
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => window.axe.run());
    console.log(
      `${colorScheme} ${width}: ${requests.length - 1} requests, ${errors.length} errors, ` +
        `${seen.scripts} scripts, ${seen.handlers} handlers, ${seen.wide.length} too wide, ` +
        `${seen.findings} findings, ${seen.pictures} pictures, ${violations.length} violations`,
    );
    for (const one of seen.wide) console.log(`  too wide: ${one}`);
    for (const one of violations) {
      console.log(`  ${one.id}: ${one.help}: ${one.nodes.map((node) => node.target).join(' ')}`);
    }
    await context.close();
  }
}
await browser.close();
