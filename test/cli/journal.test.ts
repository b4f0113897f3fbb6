import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import schema from '../../schemas/journal-output.schema.json' with { type: 'json' }
import { isJsonArray, isJsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import { visibleWidth } from '../../src/util/visible-width.ts'
import { assertGolden } from '../support/golden.ts'
import { type CliOptions, type CliRun, runCli, transcript } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/journal')
const NAMES = readdirSync(FIXTURES).map((name) => name.replace(/\.jsonl$/, ''))
const BOUND = '{"v":1,"type":"cluster-bound","cluster":{"fingerprint":"f","server":"https://u:hunter2@k.example"}}'

function fixture(name: string): string {
  return readFileSync(join(FIXTURES, `${name}.jsonl`), 'utf8')
}

/** A run of the command in a workspace whose journal has that text; none without one. */
function run(t: TestContext, text: string | undefined, args: readonly string[], options: CliOptions = {}) {
  const cwd = tempFolder(t, text === undefined ? {} : { 'state/journal.jsonl': text })
  return runCli(['journal', ...args], { env: { OBOL_WORKSPACE: '.' }, ...options, cwd })
}

function parsed({ stdout }: CliRun): JsonValue {
  return JSON.parse(stdout)
}

function listAt(value: JsonValue, key: string): readonly JsonValue[] {
  const list = jsonAt(value, [key])
  assert.ok(isJsonArray(list))
  return list
}

describe('text', () => {
  for (const columns of [80, 120]) {
    test(`default: where each step stands, at ${columns} columns`, async (t) => {
      const texts = NAMES.map(async (name) => {
        const shown = await run(t, fixture(name), [], { columns })
        return `=== ${name}\n${transcript(['journal'], shown)}`
      })
      assertGolden(`cli/golden/journal.${columns}.txt`, (await Promise.all(texts)).join('\n'))
    })
  }

  test('default: every record in words, oldest first', async (t) => {
    const texts = NAMES.map(async (name) => {
      const shown = await run(t, fixture(name), ['--events'])
      return `=== ${name}\n${transcript(['journal', '--events'], shown)}`
    })
    assertGolden('cli/golden/journal-events.txt', (await Promise.all(texts)).join('\n'))
  })

  test('behavior: each state has a fixture', async (t) => {
    const states = new Set<JsonValue | undefined>()
    for (const name of NAMES) {
      const identities = listAt(parsed(await run(t, fixture(name), ['--json'])), 'identities')
      for (const effort of identities.flatMap((identity) => listAt(identity, 'efforts'))) {
        states.add(jsonAt(effort, ['state']))
      }
    }
    assert.deepEqual([...states].toSorted(), schema.$defs.effort.properties.state.enum.toSorted())
  })

  test('behavior: no line is wider than the terminal, but for links and commands', async (t) => {
    for (const name of NAMES) {
      for (const columns of [60, 80]) {
        const { stdout } = await run(t, fixture(name), [], { columns })
        const wide = stdout.split('\n').filter((line) => visibleWidth(line) > columns)
        assert.deepEqual(
          wide.filter((line) => !/^ +(https:\/\/|0x|next )/.test(line)),
          [],
          name,
        )
      }
    }
  })

  test('behavior: links are whole', async (t) => {
    const { stdout } = await run(t, fixture('bumped'), [], { columns: 60 })
    assert.equal(stdout.match(/^ +https:\/\/sepolia\.basescan\.org\/tx\/0x[0-9a-f]{64}$/gm)?.length, 3)
  })

  test('behavior: a chain under the name of another is not linked to', async (t) => {
    const text = fixture('open').replaceAll('"chainId":84532', '"chainId":84533')
    const { stdout } = await run(t, text, [])
    assert.doesNotMatch(stdout, /https:\/\/sepolia/)
    assert.match(stdout, /^ +0x[0-9a-f]{64}$/m)
  })

  test('behavior: colour changes nothing but the colour', async (t) => {
    for (const args of [[], ['--events']]) {
      const [plain, coloured] = await Promise.all([
        run(t, fixture('interrupted'), args),
        run(t, fixture('interrupted'), args, { colour: true }),
      ])
      assert.equal(stripVTControlCharacters(coloured.stdout), plain.stdout)
      assert.notEqual(coloured.stdout, plain.stdout)
    }
  })

  test('behavior: the hint is about the same workspace; nothing open, no hint', async (t) => {
    const open = await run(t, fixture('open'), ['--workspace', '.'])
    assert.match(open.stdout, /next {2}obol apply --workspace \.\n$/)
    const final = await run(t, fixture('final'), [])
    assert.doesNotMatch(final.stdout, /next/)
  })
})

describe('events', () => {
  test('behavior: --run shows one run by how its id begins, --tail the last records, both together as well', async (t) => {
    const lines = async (args: readonly string[]): Promise<readonly string[]> => {
      const shown = await run(t, fixture('interrupted'), args)
      assert.equal(shown.exitCode, 0)
      return shown.stdout.trimEnd().split('\n')
    }
    const all = await lines(['--events'])
    const second = await lines(['--run', '9b8a'])
    assert.deepEqual(second, all.slice(-second.length))
    assert.ok(second.every((line) => line.includes('  9b8a7c6d  ')))
    assert.deepEqual(await lines(['--tail', '3']), all.slice(-3))
    assert.deepEqual(await lines(['--run', '9b8a', '--tail', '1']), all.slice(-1))
    assert.deepEqual(await lines(['--tail', '1000']), all)
  })

  test('error: a run that the journal does not have is OBOL-U003', async (t) => {
    const shown = await run(t, fixture('open'), ['--run', 'nope', '--json'])
    assert.equal(shown.exitCode, 64)
    assert.equal(jsonAt(parsed(shown), ['error', 'code']), 'OBOL-U003')
  })

  test('error: --tail takes a whole number from 1', async (t) => {
    for (const value of ['0', '-1', 'all', '1.5']) {
      const shown = await run(t, fixture('open'), [`--tail=${value}`, '--json'])
      assert.equal(shown.exitCode, 64, value)
      assert.equal(jsonAt(parsed(shown), ['error', 'code']), 'OBOL-U003', value)
    }
  })
})

describe('JSON', () => {
  const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': true, uri: true } }).compile(schema)

  test('default: it fits its schema, with and without events', async (t) => {
    const others = readdirSync(join(FIXTURES, '../journals')).filter((name) => !/newer|damaged|no-v/.test(name))
    const older = others.map((name) => readFileSync(join(FIXTURES, '../journals', name), 'utf8'))
    for (const text of [...NAMES.map(fixture), ...older, '', undefined]) {
      for (const args of [['--json'], ['--events', '--json']]) {
        const output = parsed(await run(t, text, args))
        assert.equal(validate(output), true, JSON.stringify(validate.errors))
        assert.equal(isJsonObject(output) && 'events' in output, args.length === 2)
      }
    }
    assert.equal(validate({ formatVersion: '1.0' }), false)
  })

  test('behavior: amounts and blocks are decimal strings, hashes are whole', async (t) => {
    const output = parsed(await run(t, fixture('final'), ['--json']))
    const effort = jsonAt(output, ['identities', 0, 'efforts', 0])
    assert.equal(jsonAt(effort, ['fee']), '40120000000000')
    assert.equal(jsonAt(effort, ['blockNumber']), '123')
    assert.match(String(jsonAt(effort, ['transactions', 0, 'hash'])), /^0x[0-9a-f]{64}$/)
  })
})

describe('what is never shown', () => {
  const WAYS = [[], ['--events'], ['--json'], ['--events', '--json']]

  test('behavior: no signed transaction, in no form', async (t) => {
    for (const name of NAMES) {
      const raws = [...fixture(name).matchAll(/"raw":"(0x[0-9a-f]+)"/g)].map(([, raw]) => raw ?? '')
      for (const args of WAYS) {
        const { stdout, stderr } = await run(t, fixture(name), args)
        for (const raw of raws) assert.equal(`${stdout}${stderr}`.includes(raw.slice(2, 40)), false, name)
      }
    }
    assert.ok(NAMES.some((name) => fixture(name).includes('"raw"')))
  })

  test('behavior: no credentials and no control characters', async (t) => {
    const failed = {
      ...{ v: 1, at: '2026-01-02\u001b[2J', type: 'step-failed', run: 'r\u001b[31m', step: 'Service/llm/a\u202eb' },
      ...{ code: 'OBOL-A005', message: 'no\u0007\nhttps://u:hunter2@rpc.example and Bearer hunter2hunter2' },
    }
    const started = { v: 1, type: 'run-started', run: failed.run, steps: 1 }
    const text = `${[BOUND, JSON.stringify(started), JSON.stringify(failed)].join('\n')}\n`
    for (const args of WAYS) {
      const { stdout } = await run(t, text, args)
      assert.equal(stdout.includes('hunter2'), false)
      assert.equal(stdout.includes('\u001b') || stdout.includes('\u0007'), false)
      if (!args.includes('--json')) assert.equal(stdout.includes('\u202e'), false)
    }
    assert.equal((await run(t, text, ['--events'])).stdout.trimEnd().split('\n').length, 3)
  })
})

describe('journals as they are found', () => {
  test('behavior: none, and an empty one, is no error', async (t) => {
    for (const text of [undefined, '', '\n']) {
      const shown = await run(t, text, [])
      assert.equal(shown.exitCode, 0)
      assert.equal(shown.stdout, '')
      assert.equal(shown.stderr, 'The journal is empty: state/journal.jsonl\n')
      const output = parsed(await run(t, text, ['--json', '--run', 'x']))
      assert.deepEqual(jsonAt(output, ['counts']), { events: 0, runs: 0, torn: 0, unknown: 0 })
      assert.deepEqual(jsonAt(output, ['events']), [])
    }
  })

  test('behavior: torn records are passed over, and said', async (t) => {
    const torn = `${fixture('open')}{"v":1,"at":"2026-01-02T12:0`
    const [shown, log, json] = await Promise.all([
      run(t, torn, []),
      run(t, torn, ['--events']),
      run(t, torn, ['--json']),
    ])
    assert.match(shown.stdout, /1 torn record passed over/)
    assert.equal(log.stderr, '1 torn record passed over\n')
    assert.equal(log.stdout, (await run(t, fixture('open'), ['--events'])).stdout)
    assert.equal(jsonAt(parsed(json), ['counts', 'torn']), 1)
  })

  test('behavior: fields that no reduction needs may be missing', async (t) => {
    const bare = [
      ...[BOUND, '{"v":1,"type":"run-started","run":"r"}', '{"v":1,"type":"transfer-intended","run":"r","step":"s"}'],
      ...['{"v":1,"type":"step-failed","run":"r","step":"s","code":"c"}', '{"v":1,"type":"run-finished","run":"r"}'],
    ].join('\n')
    for (const args of [[], ['--events'], ['--json']]) assert.equal((await run(t, bare, args)).exitCode, 0)
  })

  test('error: a newer version is OBOL-A010, a damaged record OBOL-A012, no file to read OBOL-A003', async (t) => {
    const codes = async (text: string): Promise<JsonValue | undefined> => {
      const shown = await run(t, text, ['--json'])
      assert.equal(shown.exitCode, 1)
      return jsonAt(parsed(shown), ['error', 'code'])
    }
    assert.equal(await codes(fixture('open').replaceAll('"v":1', '"v":2')), 'OBOL-A010')
    assert.equal(await codes(fixture('open').replaceAll('"nonce":7', '"nonce":"seven"')), 'OBOL-A012')
    const cwd = tempFolder(t, { 'state/journal.jsonl/no-file': '' })
    const shown = await runCli(['journal', '--json', '--workspace', '.'], { cwd })
    assert.equal(jsonAt(parsed(shown), ['error', 'code']), 'OBOL-A003')
  })
})
