/** Generates TypeScript types and compiled validators from schemas/*.schema.json; `--check` only compares (exit 1 when stale). */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { transform } from 'esbuild'
import { compile } from 'json-schema-to-typescript'
import type { JsonObject, JsonValue } from '../src/util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../src/util/json.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SUBJECTS = [
  { name: 'offer', title: 'Offer', folder: 'src/offers' },
  { name: 'workspace', title: 'Workspace', folder: 'src/offers' },
  { name: 'policy', title: 'Policy', folder: 'src/policy' },
] as const
const BANNER = (name: string) => `// Generated from schemas/${name}.schema.json by \`npm run gen\`. Do not edit.\n`

type GeneratedFile = { readonly path: string; readonly text: string }

/** Every generated file with the text it should have; paths are relative to the repository. */
export async function generateFiles(): Promise<readonly GeneratedFile[]> {
  const files = await Promise.all(
    SUBJECTS.map(async ({ name, title, folder }) => {
      const schema: unknown = JSON.parse(await readFile(`${ROOT}schemas/${name}.schema.json`, 'utf8'))
      if (!isJsonObject(schema)) throw new Error(`schemas/${name}.schema.json is not an object`)
      const base = `${folder}/validate-${name}.gen`
      return [
        { path: `${folder}/${name}.gen.ts`, text: await typesOf(schema, name, title) },
        { path: `${base}.js`, text: await validatorOf(schema, name, title) },
        { path: `${base}.d.ts`, text: declarationsOf(name, title) },
      ]
    }),
  )
  return files.flat()
}

/** Paths of the generated files that are missing or differ from what the schemas say. */
export async function staleFiles(): Promise<readonly string[]> {
  const stale: string[] = []
  for (const { path, text } of await generateFiles()) {
    const found = await readFile(ROOT + path, 'utf8').catch(() => undefined)
    if (found !== text) stale.push(path)
  }
  return stale
}

async function typesOf(schema: JsonObject, name: string, title: string): Promise<string> {
  // A deep copy, because the compiler writes into its input.
  return await compile(JSON.parse(JSON.stringify(schema)), title, {
    bannerComment: BANNER(name),
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, semi: false, printWidth: 120, trailingComma: 'all' },
  })
}

async function validatorOf(schema: JsonObject, name: string, title: string): Promise<string> {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    validateFormats: false,
    code: { source: true, esm: true, lines: true },
  })
  ajv.addSchema(withoutAnnotations(schema))
  const validator = standaloneCode.default(ajv, { [`validate${title}`]: String(schema['$id']) })
  // ajv writes `require` for its run-time helpers even in ES modules; ours is a leaf without imports.
  const code = validator.replaceAll(/require\("ajv\/dist\/runtime\/(\w+)"\)\.default/g, (_, helper: string) =>
    helperNamed(helper),
  )
  if (code.includes('require(')) throw new Error(`the validator of ${name} needs a helper that is not inlined`)
  const small = await transform(code, {
    format: 'esm',
    minifyWhitespace: true,
    treeShaking: true,
    charset: 'utf8',
    target: 'es2022',
  })
  const tables =
    `export const fieldNames = ${JSON.stringify(fieldNamesOf(schema))}\n` +
    `export const patternMessages = ${JSON.stringify(patternMessagesOf(schema))}\n`
  return `${BANNER(name)}${small.code}${tables}`
}

const ANNOTATIONS = new Set(['title', 'description', 'examples', 'patternErrorMessage'])

/** The schema without what only people read; a property that is named like an annotation has a schema, not a text. */
function withoutAnnotations(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) => {
    if (!isJsonObject(value)) return value
    const kept = Object.entries(value).filter(([key, child]) => !ANNOTATIONS.has(key) || isJsonObject(child))
    return Object.fromEntries(kept)
  })
}

/** Source of the one ajv helper our schemas use; Kubernetes, too, counts code points in maxLength. */
function helperNamed(helper: string): string {
  if (helper === 'ucs2length') return '((text) => { let n = 0; for (const _ of text) n++; return n })'
  throw new Error(`no inlined form of ajv's helper ${helper}`)
}

function declarationsOf(name: string, title: string): string {
  return `${BANNER(name)}import type { ErrorObject } from 'ajv'
import type { ${title} } from './${name}.gen.ts'

export declare const validate${title}: {
  (data: unknown): data is ${title}
  errors?: ErrorObject[] | null
}
/** Known fields of each object by its place; "/spec/payments/*" stands for any item of that list. */
export declare const fieldNames: Readonly<Record<string, readonly string[]>>
/** What to say when a pattern does not match, by pattern. */
export declare const patternMessages: Readonly<Record<string, string>>
`
}

function fieldNamesOf(schema: JsonObject): Record<string, string[]> {
  const names: Record<string, string[]> = {}
  visitInstances(schema, schema, '', (node, path) => {
    const properties = node['properties']
    if (isJsonObject(properties)) names[path] = Object.keys(properties)
  })
  return names
}

/** Visits the schema of every place in an instance: `/spec/payments/*` is any item of that list. Our schemas do not recurse. */
function visitInstances(
  root: JsonObject,
  schema: JsonValue | undefined,
  path: string,
  see: (node: JsonObject, path: string) => void,
): void {
  const node = isJsonObject(schema) && typeof schema['$ref'] === 'string' ? referred(root, schema['$ref']) : schema
  if (!isJsonObject(node)) return
  see(node, path)
  visitInstances(root, node['items'], `${path}/*`, see)
  const properties = node['properties']
  if (!isJsonObject(properties)) return
  for (const [name, property] of Object.entries(properties)) visitInstances(root, property, `${path}/${name}`, see)
}

function referred(root: JsonObject, pointer: string): JsonValue | undefined {
  return jsonAt(root, pointer.split('/').slice(1))
}

function patternMessagesOf(schema: JsonObject): Record<string, string> {
  const messages: Record<string, string> = {}
  visit(schema, '#', (node, pointer) => {
    const { pattern, patternErrorMessage: message } = node
    if (typeof pattern !== 'string') return
    if (typeof message !== 'string') throw new Error(`${pointer} has a pattern without patternErrorMessage`)
    const before = messages[pattern] ?? message
    if (before !== message) throw new Error(`${pointer} explains ${pattern} in other words than before`)
    messages[pattern] = message
  })
  return messages
}

function visit(value: JsonValue | undefined, pointer: string, see: (node: JsonObject, pointer: string) => void): void {
  if (isJsonArray(value)) for (const [i, item] of value.entries()) visit(item, `${pointer}/${i}`, see)
  if (!isJsonObject(value)) return
  see(value, pointer)
  for (const [key, child] of Object.entries(value)) {
    if (key !== 'examples') visit(child, `${pointer}/${key}`, see)
  }
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles()
    for (const path of stale) console.error(`${path} is stale: run \`npm run gen\``)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    for (const { path, text } of await generateFiles()) await writeFile(ROOT + path, text)
  }
}
