import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseJournal, readRecords, readState } from '../../src/journal/read-state.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'
import { tempFolder } from '../support/temp-folder.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/journal')

/** One whole record of every type on a chain, as the fixtures have them. */
function chainRecords(): ReadonlyMap<string, JsonObject> {
  const lines = ['final', 'reverted', 'superseded', 'reorganised'].flatMap((name) =>
    readFileSync(join(FIXTURES, `${name}.jsonl`), 'utf8')
      .trim()
      .split('\n'),
  )
  const records = lines.map((line): JsonValue => JSON.parse(line)).filter(isJsonObject)
  return new Map(records.filter((record) => 'key' in record).map((record) => [String(record['type']), record]))
}

const RECORDS = chainRecords()

/** What each type must have; the rest may be absent. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'chain-intended': ['op', 'target', 'fromBlock', 'genesis', 'registryVersion'],
  'tx-signed': ['epoch', 'nonce', 'hash', 'raw', 'maxFeePerGas', 'maxPriorityFeePerGas', 'ceiling', 'bump'],
  'tx-sent': ['hash'],
  'tx-mined': ['hash', 'blockNumber', 'blockHash'],
  'chain-final': ['agentId', 'blockNumber', 'blockHash'],
  'tx-reverted': ['epoch', 'hash', 'reason'],
  'tx-superseded': ['epoch', 'nonce', 'why'],
  'chain-reorganised': ['why'],
}
const TARGET = ['network', 'chainId', 'registry', 'owner', 'confirmations', 'idem', 'uri']
/** What is counted with, and what no number may be written as. */
const NUMBERS = [
  'epoch',
  'nonce',
  'bump',
  'maxFeePerGas',
  'maxPriorityFeePerGas',
  'ceiling',
  'blockNumber',
  'fromBlock',
  'fee',
]
const NO_NUMBERS: readonly JsonValue[] = ['', '-1', '1.5', '0x10', '1e3', ' 7', null, 1.5, -1, true, [], [7], {}]

function parse(record: JsonObject): readonly string[] {
  return [...parseJournal(JSON.stringify(record), 'j')].map(({ type }) => type)
}

function without(record: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== field))
}

function recordOf(type: string): JsonObject {
  const record = RECORDS.get(type)
  assert.ok(record !== undefined, `no fixture has a ${type}`)
  return record
}

function targetOf(record: JsonObject): JsonObject {
  const target = record['target']
  assert.ok(isJsonObject(target))
  return target
}

describe('records of steps on a chain', () => {
  for (const [type, fields] of Object.entries(REQUIRED)) {
    test(`default: ${type} is read`, () => {
      assert.deepEqual(parse(recordOf(type)), [type])
    })

    test(`error: ${type} without a field is OBOL-A012, each one alone`, () => {
      for (const field of ['v', 'type', 'run', 'step', 'key', ...fields]) {
        const damaged = without(recordOf(type), field)
        assert.notDeepEqual(damaged, recordOf(type), field)
        assert.throws(() => parse(damaged), { code: 'OBOL-A012' }, field)
      }
    })

    test(`error: ${type} with what is no number is OBOL-A012`, () => {
      const record = recordOf(type)
      for (const field of NUMBERS.filter((name) => name in record)) {
        for (const value of NO_NUMBERS) {
          assert.throws(() => parse({ ...record, [field]: value }), { code: 'OBOL-A012' }, `${field} ${value}`)
        }
      }
    })

    test(`error: ${type} of a newer version is OBOL-A010, whatever else it lacks`, () => {
      assert.throws(() => parse({ ...recordOf(type), v: 2 }), { code: 'OBOL-A010' })
      assert.throws(() => parse({ v: 2, type }), { code: 'OBOL-A010' })
    })
  }

  test('error: a target without a field, or with what is no number, is OBOL-A012', () => {
    const record = recordOf('chain-intended')
    for (const field of TARGET) {
      const damaged = { ...record, target: without(targetOf(record), field) }
      assert.throws(() => parse(damaged), { code: 'OBOL-A012' }, field)
    }
    for (const field of ['chainId', 'confirmations']) {
      const damaged = { ...record, target: { ...targetOf(record), [field]: '5' } }
      assert.throws(() => parse(damaged), { code: 'OBOL-A012' }, field)
    }
    assert.throws(() => parse({ ...record, target: [] }), { code: 'OBOL-A012' })
  })

  test('error: a count as text, or a decimal string as a number, is OBOL-A012', () => {
    const signed = recordOf('tx-signed')
    for (const field of ['epoch', 'nonce', 'bump']) {
      assert.throws(() => parse({ ...signed, [field]: '7' }), { code: 'OBOL-A012' }, field)
    }
    assert.throws(() => parse({ ...signed, maxFeePerGas: 7 }), { code: 'OBOL-A012' })
    assert.throws(() => parse({ ...recordOf('chain-final'), fee: 7 }), { code: 'OBOL-A012' })
  })

  test('behavior: what may be absent may, and an agentId beyond 2^53 is kept digit by digit', () => {
    const final = recordOf('chain-final')
    const agentId = '115792089237316195423570985008687907853269984665640564039457584007913129639935'
    for (const field of ['hash', 'fee']) assert.deepEqual(parse(without(final, field)), ['chain-final'])
    const [event] = parseJournal(JSON.stringify({ ...final, agentId }), 'j')
    assert.ok(event?.type === 'chain-final')
    assert.equal(event.agentId, agentId)
  })
})

describe('lines', () => {
  test('behavior: a torn line is passed over wherever it stands, and told', async (t) => {
    const [first = '', second = ''] = readFileSync(join(FIXTURES, 'final.jsonl'), 'utf8').split('\n')
    const torn = second.slice(0, 40)
    for (const text of [`${torn}\n${first}\n`, `${first}\n${torn}\n${second}\n`, `${first}\n${torn}`]) {
      const folder = tempFolder(t, { 'journal.jsonl': text })
      const records = await readRecords(folder)
      assert.equal(records.filter(({ result }) => result === 'torn').length, 1)
      assert.equal(
        records.some(({ result }) => result === 'event'),
        true,
      )
      assert.equal((await readState(folder)).cluster?.server, 'https://127.0.0.1:6443')
    }
  })

  test('behavior: cut anywhere, the records on a chain say what the whole ones say', () => {
    const text = readFileSync(join(FIXTURES, 'bumped-final.jsonl'), 'utf8')
    const lines = text.trimEnd().split('\n')
    let end = 0
    for (const [i, line] of lines.entries()) {
      const whole = [...parseJournal(text.slice(0, end), 'j')]
      assert.equal(whole.length, i)
      for (const cut of [1, Math.floor(line.length / 2), line.length - 1]) {
        assert.deepEqual([...parseJournal(text.slice(0, end + cut), 'j')], whole)
      }
      end += line.length + 1
    }
  })

  test('behavior: a type of a later release is passed over, and told', async (t) => {
    const line = '{"v":1,"at":"2026-01-02T12:00:00Z","type":"gateway-started"}\n\n'
    const records = await readRecords(tempFolder(t, { 'journal.jsonl': line }))
    assert.deepEqual(records, [{ result: 'unknown' }])
  })

  test('default: without a journal there are no records', async (t) => {
    assert.deepEqual(await readRecords(tempFolder(t)), [])
  })

  test('error: a journal that cannot be read is OBOL-A003', async (t) => {
    await assert.rejects(readRecords(tempFolder(t, { 'journal.jsonl/no-file': '' })), { code: 'OBOL-A003' })
  })
})
