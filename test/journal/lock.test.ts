import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type LockOptions, takeLock } from '../../src/journal/lock.ts'
import { tempFolder } from '../support/temp-folder.ts'

const SINCE = '2025-11-23T12:00:00Z'
/** No process has it: beyond the highest pid of Linux. */
const DEAD_PID = 2 ** 30

function options(more: Partial<LockOptions> = {}): LockOptions {
  return { pid: process.pid, since: SINCE, isRunning: (pid) => pid === process.pid, ...more }
}

const ID = '00000000-0000-4000-8000-00000000000'

/** A lock that some process left or has. */
function leave(folder: string, holder: object | string, n = 1): void {
  mkdirSync(join(folder, 'locks'), { recursive: true })
  const text = typeof holder === 'string' ? holder : JSON.stringify(holder)
  writeFileSync(join(folder, 'locks', `${ID}${n}.ticket`), text)
  writeFileSync(join(folder, 'locks', `${ID}${n}.held`), '')
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(folder, 'locks'))
}

test('default: taken, released, and nothing is left', async (t) => {
  const folder = tempFolder(t)
  const lock = await takeLock(folder, options())
  assert.equal(filesOf(folder).length, 2)
  await lock.release()
  assert.deepEqual(filesOf(folder), [])
  await (await takeLock(folder, options())).release()
})

test('behavior: releasing twice is harmless, also when somebody else holds it by then', async (t) => {
  const folder = tempFolder(t)
  const first = await takeLock(folder, options())
  await first.release()
  const second = await takeLock(folder, options())
  await first.release()
  await assert.rejects(takeLock(folder, options()), { code: 'OBOL-A001' })
  await second.release()
})

test('error: a held lock names its holder', async (t) => {
  const folder = tempFolder(t)
  const lock = await takeLock(folder, options())
  await assert.rejects(takeLock(folder, options()), (error) => {
    assert.ok(error instanceof Error && 'code' in error)
    assert.equal(error.code, 'OBOL-A001')
    for (const word of [`process ${process.pid}`, hostname(), SINCE]) assert.ok(error.message.includes(word), word)
    return true
  })
  await lock.release()
  assert.deepEqual(filesOf(folder), [])
})

test('behavior: the lock of a process that no longer exists is taken over', async (t) => {
  const folder = tempFolder(t)
  leave(folder, { pid: DEAD_PID, host: hostname(), since: SINCE, started: '1' })
  const lock = await takeLock(folder, options())
  assert.equal(filesOf(folder).length, 2)
  await lock.release()
  assert.deepEqual(filesOf(folder), [])
})

test('behavior: a pid that belongs to another process by now is known by its start time', async (t) => {
  const folder = tempFolder(t)
  leave(folder, { pid: process.pid, host: hostname(), since: SINCE, started: '1' })
  await (await takeLock(folder, options())).release()
})

test('error: without a start time a running pid counts as the holder', async (t) => {
  const folder = tempFolder(t)
  leave(folder, { pid: process.pid, host: hostname(), since: SINCE, started: '' })
  await assert.rejects(takeLock(folder, options()), { code: 'OBOL-A001' })
})

test('error: a process of another host counts as alive', async (t) => {
  const folder = tempFolder(t)
  leave(folder, { pid: DEAD_PID, host: 'elsewhere.invalid', since: SINCE, started: '1' })
  await assert.rejects(takeLock(folder, options()), { code: 'OBOL-A001' })
})

test('behavior: a ticket that a crash of the machine left empty holds nothing up', async (t) => {
  const folder = tempFolder(t)
  leave(folder, '')
  await (await takeLock(folder, options())).release()
  assert.deepEqual(filesOf(folder), [])
})

test('behavior: of many who want a dead lock at once exactly one gets it', async (t) => {
  for (let round = 0; round < 20; round += 1) {
    const folder = tempFolder(t)
    leave(folder, { pid: DEAD_PID, host: hostname(), since: SINCE, started: '1' })
    const wanting = Array.from({ length: 8 }, () => takeLock(folder, options()))
    const outcomes = await Promise.allSettled(wanting)
    const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
    assert.deepEqual(codes, Array(7).fill('OBOL-A001'))
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.release()
    assert.deepEqual(filesOf(folder), [])
  }
})

test('error: a folder that cannot be written is OBOL-A003', async (t) => {
  const folder = tempFolder(t, { state: 'a file' })
  await assert.rejects(takeLock(join(folder, 'state'), options()), { code: 'OBOL-A003' })
})
