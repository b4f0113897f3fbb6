import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { startLanguageServer } from './language-server.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** What people write by hand. */
const SCHEMAS = ['offer', 'workspace', 'policy'] as const

const OFFER = `# yaml-language-server: $schema=../schemas/offer.schema.json
apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: weather }
spec:
  type: http
  upstream: { service: weather, port: 8080 }
  payment:
    payTo: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    network: base-sepolia
    price:
      perMTok: "23"
`

/** Every property of a schema, by its place. */
function* properties(schema: JsonValue | undefined, place: string): Generator<readonly [string, JsonObject]> {
  if (!isJsonObject(schema)) return
  for (const [name, property] of Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {})) {
    if (!isJsonObject(property)) continue
    yield [`${place}/${name}`, property]
    yield* properties(property, `${place}/${name}`)
  }
  yield* properties(schema['items'], `${place}/*`)
  for (const [name, part] of Object.entries(isJsonObject(schema['$defs']) ? schema['$defs'] : {})) {
    yield* properties(part, `${place}#${name}`)
  }
}

for (const name of SCHEMAS) {
  test(`default: every field of ${name}.schema.json is described and has an example`, () => {
    const schema: JsonValue = JSON.parse(readFileSync(join(ROOT, `schemas/${name}.schema.json`), 'utf8'))
    const all = [...properties(schema, name)]
    assert.ok(all.length > 10)
    const bare = all.filter(([, { description, examples }]) => {
      return typeof description !== 'string' || !description.endsWith('.') || !Array.isArray(examples)
    })
    assert.deepEqual(
      bare.map(([place]) => place),
      [],
    )
  })
}

describe('a YAML language server, in a workspace of obol init', () => {
  test('default: what init writes and the samples have no mistakes', async (t) => {
    const folder = tempFolder(t)
    assert.equal((await runCli(['init', folder], { cwd: folder })).exitCode, 0)
    const server = await startLanguageServer(t, folder)
    const text = (path: string): string => readFileSync(join(folder, path), 'utf8')
    assert.deepEqual(await server.open('obol.yaml', text('obol.yaml')), [])
    // The sample with its comments taken off, as it asks for.
    const [header = '', sample = ''] = text('offers/example.yaml').split(/(?=^# apiVersion)/m)
    const example = `${header}${sample.replace(/^# /gm, '')}`
    const marks = await server.open('offers/example.yaml', example)
    assert.deepEqual(
      marks.map(({ message }) => message),
      ['must be an address: 0x and 40 hexadecimal digits'],
    )
    for (const path of globSync('offers/*.yaml', { cwd: ROOT })) {
      assert.deepEqual(await server.open(path, readFileSync(join(ROOT, path), 'utf8')), [], path)
    }
  })

  test('behavior: a typo, a second price and a number are marked where they are', async (t) => {
    const folder = tempFolder(t)
    await runCli(['init', folder], { cwd: folder })
    const server = await startLanguageServer(t, folder)
    assert.deepEqual(await server.open('offers/a.yaml', OFFER), [])
    const places = async (path: string, text: string): Promise<readonly string[]> =>
      (await server.open(path, text)).map(({ line, column }) => `${line}:${column}`)
    assert.deepEqual(await places('offers/b.yaml', OFFER.replace('network:', 'netwrok:')), ['8:3', '10:5'])
    assert.deepEqual(await places('offers/c.yaml', `${OFFER}      perHour: "1"\n`), ['12:7'])
    assert.deepEqual(await places('offers/d.yaml', OFFER.replace('"23"', '23')), ['12:16'])
    const workspace = readFileSync(join(folder, 'obol.yaml'), 'utf8').replace('maxCount: 3', 'maxCount: many')
    assert.equal((await places('obol.yaml', workspace)).length, 1)
  })

  test('behavior: hover explains a field, and completion proposes the prices', async (t) => {
    const folder = tempFolder(t)
    await runCli(['init', folder], { cwd: folder })
    const server = await startLanguageServer(t, folder)
    await server.open('offers/a.yaml', OFFER)
    assert.match(await server.hover('offers/a.yaml', 12, 9), /million tokens/)
    await server.open('offers/b.yaml', OFFER.replace('perMTok: "23"', 'per'))
    const proposed = await server.complete('offers/b.yaml', 12, 10)
    assert.deepEqual(
      proposed.toSorted().filter((label) => label.startsWith('per')),
      [...['perEpoch', 'perHour', 'perMTok', 'perRequest']],
    )
  })
})
