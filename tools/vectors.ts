import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { schemaFromYaml } from '../src/ssa/schema-yaml.ts'
import { replayVectors } from './replay-vectors.ts'

/**
 * `make vectors [FILE=…] [SCHEMA=…]`: replays recorded merges of the real library against `src/ssa`, step by step.
 * The object's type is named `root`, or is the first of the schema. Last line: `N passed, N failed`.
 */
const FIXTURES = join(import.meta.dirname, '..', 'test', 'fixtures', 'vectors')

async function main(file: string, schemaFile: string): Promise<number> {
  const bytes = await readFile(file)
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  // As Go's YAML reads it: `<<` merges, aliases without limit.
  const schema = schemaFromYaml(parse(await readFile(schemaFile, 'utf8'), { merge: true, maxAliasCount: -1 }))
  const { passed, failures } = replayVectors(text, schema)
  for (const failure of failures.slice(0, 20)) process.stdout.write(`${failure}\n`)
  if (failures.length > 20) process.stdout.write(`… and ${failures.length - 20} more\n`)
  if (passed === 0 && failures.length === 0) process.stdout.write('no steps in the file\n')
  process.stdout.write(`${passed} passed, ${failures.length} failed\n`)
  return failures.length > 0 || passed === 0 ? 1 : 0
}

const [file = join(FIXTURES, 'vectors.jsonl.gz'), schemaFile = join(FIXTURES, 'schema.yaml')] = process.argv.slice(2)
process.exitCode = await main(file, schemaFile)
