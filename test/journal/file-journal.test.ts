import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Journal, type JournalFile, openJournal } from '../../src/journal/file-journal.ts'
import type { JournalEvent } from '../../src/journal/journal-events.ts'
import { parseJournal } from '../../src/journal/read-state.ts'
import { tempFolder } from '../support/temp-folder.ts'

const AT = '2025-11-23T12:00:00Z'
const now = (): string => AT

function started(run: string): JournalEvent {
  return { type: 'run-started', run, steps: 1 }
}

function runsIn(folder: string): readonly string[] {
  const text = readFileSync(join(folder, 'journal.jsonl'), 'utf8')
  return [...parseJournal(text, 'journal')].map((event) => ('run' in event ? event.run : event.type))
}

/** A journal whose file reports what is asked of it, and can be made to fail. */
function watched(folder: string, faults: { writes?: (text: string) => string | undefined } = {}) {
  const calls: string[] = []
  const journal: Promise<Journal> = openJournal(
    folder,
    now,
    (file): JournalFile => ({
      close: () => file.close(),
      datasync: async () => {
        calls.push('sync')
        await file.datasync()
      },
      appendFile: async (data) => {
        const text = String(data)
        calls.push(`write ${text.split('\n').length - 1}`)
        const part = faults.writes?.(text)
        await file.appendFile(part ?? text)
        if (part !== undefined) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      },
    }),
  )
  return { calls, journal }
}

test('default: a record is one line with version and time, on disk when append returns', async (t) => {
  const folder = tempFolder(t)
  const journal = await openJournal(folder, now)
  await journal.append(started('r-1'))
  assert.equal(
    readFileSync(join(folder, 'journal.jsonl'), 'utf8'),
    `{"v":1,"at":"${AT}","type":"run-started","run":"r-1","steps":1}\n`,
  )
  await journal.close()
})

test('default: the state folder is made, for the owner only', async (t) => {
  const folder = join(tempFolder(t), 'state')
  await (await openJournal(folder, now)).close()
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.equal(statSync(join(folder, 'journal.jsonl')).mode & 0o777, 0o600)
})

test('behavior: what was there stays', async (t) => {
  const folder = tempFolder(t)
  for (const run of ['r-1', 'r-2']) {
    const journal = await openJournal(folder, now)
    await journal.append(started(run))
    await journal.close()
  }
  assert.deepEqual(runsIn(folder), ['r-1', 'r-2'])
})

test('behavior: records of the same moment share one write and one sync, in order', async (t) => {
  const folder = tempFolder(t)
  const { calls, journal } = watched(folder)
  const open = await journal
  const runs = Array.from({ length: 50 }, (_, i) => `r-${i}`)
  await Promise.all(runs.map((run) => open.append(started(run))))
  await open.close()
  assert.deepEqual(runsIn(folder), runs)
  assert.deepEqual(calls, ['write 50', 'sync'])
})

test('behavior: a record that comes while another is written waits for a sync of its own', async (t) => {
  const folder = tempFolder(t)
  const { calls, journal } = watched(folder)
  const open = await journal
  const order: string[] = []
  const first = open.append(started('r-1')).then(() => order.push('first'))
  // The flush of the first record has begun once its turn of the queue is over.
  await new Promise((resolve) => setImmediate(resolve))
  const second = open.append(started('r-2')).then(() => order.push('second'))
  await Promise.all([first, second])
  await open.close()
  assert.deepEqual(calls, ['write 1', 'sync', 'write 1', 'sync'])
  assert.deepEqual(order, ['first', 'second'])
})

test('behavior: a record torn by a kill is closed off, and what follows can be read', async (t) => {
  const folder = tempFolder(t)
  const whole = `{"v":1,"at":"${AT}","type":"run-started","run":"r-1","steps":1}\n`
  writeFileSync(join(folder, 'journal.jsonl'), whole + whole.slice(0, 30))
  const journal = await openJournal(folder, now)
  await journal.append(started('r-2'))
  await journal.close()
  assert.deepEqual(runsIn(folder), ['r-1', 'r-2'])
})

test('error: a failed write is told to all whose records were in it, and the next one may succeed', async (t) => {
  const folder = tempFolder(t)
  let isFull = true
  const { journal } = watched(folder, { writes: (text) => (isFull ? text.slice(0, 30) : undefined) })
  const open = await journal
  const lost = await Promise.allSettled([open.append(started('r-1')), open.append(started('r-2'))])
  assert.deepEqual(
    lost.map((outcome) => outcome.status === 'rejected' && outcome.reason.code),
    ['OBOL-A003', 'OBOL-A003'],
  )
  isFull = false
  await open.append(started('r-3'))
  await open.append(started('r-4'))
  await open.close()
  assert.deepEqual(runsIn(folder), ['r-3', 'r-4'])
})

test('error: a full disk is OBOL-A003', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, async (t) => {
  const folder = tempFolder(t)
  symlinkSync('/dev/full', join(folder, 'journal.jsonl'))
  const journal = await openJournal(folder, now)
  await assert.rejects(journal.append(started('r-1')), { code: 'OBOL-A003', message: /ENOSPC/ })
  await journal.close()
})

test('error: a state folder that is a file is OBOL-A003', async (t) => {
  const folder = tempFolder(t, { state: 'a file' })
  await assert.rejects(openJournal(join(folder, 'state'), now), { code: 'OBOL-A003' })
  mkdirSync(join(folder, 'other/journal.jsonl'), { recursive: true })
  await assert.rejects(openJournal(join(folder, 'other'), now), { code: 'OBOL-A003' })
})
