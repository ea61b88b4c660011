import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { expect, test } from './test';

const TYPES = new URL('../src/api/schema.ts', import.meta.url);
const HEAD = '// Generated from /openapi.json by `npm run api`; not edited by hand.\n\n';

test('the types of the API are those that the program describes', async ({ server }) => {
  const answer = await fetch(`${server.url}/openapi.json`);
  const current = HEAD + astToString(await openapiTS(await answer.text()));
  if (process.env.UPDATE_API) await writeFile(TYPES, current);
  expect(await readFile(TYPES, 'utf8'), 'run `npm run api` in frontend/').toBe(current);
});
