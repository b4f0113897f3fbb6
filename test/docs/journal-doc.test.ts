import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { JOURNAL_FILE, openJournal } from '../../src/journal/file-journal.ts'
import type { JournalEvent } from '../../src/journal/journal-events.ts'
import { parseJournal } from '../../src/journal/read-state.ts'
import { openGroup } from '../../src/journal/reduce-chain.ts'
import { reduceJournal, type WorkspaceState } from '../../src/journal/reduce-journal.ts'
import { tempFolder } from '../support/temp-folder.ts'

type Type = JournalEvent['type']
type Section = { readonly title: string; readonly lines: readonly string[] }

/** Every type, which the compiler keeps complete, and the section it stands in. */
const SECTION_OF: Readonly<Record<Type, string>> = {
  'cluster-bound': 'Runs',
  'run-started': 'Runs',
  'plan-used': 'Runs',
  'run-finished': 'Runs',
  'transfer-intended': 'Objects',
  'ownership-transferred': 'Objects',
  'apply-intended': 'Objects',
  'object-applied': 'Objects',
  'delete-intended': 'Objects',
  'object-deleted': 'Objects',
  'step-failed': 'Objects',
  'chain-intended': 'Steps on a chain',
  'tx-signed': 'Steps on a chain',
  'tx-sent': 'Steps on a chain',
  'tx-mined': 'Steps on a chain',
  'chain-final': 'Steps on a chain',
  'tx-reverted': 'Steps on a chain',
  'tx-superseded': 'Steps on a chain',
  'chain-reorganised': 'Steps on a chain',
}

const DOC = readFileSync(join(import.meta.dirname, '../../docs/journal.md'), 'utf8')
const ENTRY = /^### (\S+)\n\n([^`#](?:[^#]|#(?!#))*?)\n\n```json\n([^\n]*)\n```$/gm

function sections(): readonly Section[] {
  return DOC.split(/^## /m).flatMap((part) => {
    const lines = [...part.matchAll(ENTRY)].map(([, , , line]) => line ?? '')
    return lines.length === 0 ? [] : [{ title: part.slice(0, part.indexOf('\n')), lines }]
  })
}

function linesOf(title: string): readonly string[] {
  return sections().find((section) => section.title === title)?.lines ?? []
}

function reduced(lines: readonly string[]): WorkspaceState {
  return reduceJournal(parseJournal(lines.join('\n'), 'docs/journal.md'))
}

test('default: every type of record has one example, below its own name and in its section', () => {
  const found = sections().flatMap(({ title, lines }) =>
    lines.flatMap((line) => [...parseJournal(line, title)].map(({ type }) => [type, title] as const)),
  )
  assert.deepEqual(found.toSorted(), Object.entries(SECTION_OF).toSorted())
  const headings = [...DOC.matchAll(/^### (\S+)$/gm)].map(([, name]) => name)
  assert.deepEqual(
    headings,
    found.map(([type]) => type),
  )
})

test('default: each example has a sentence of its own', () => {
  const sentences = [...DOC.matchAll(ENTRY)].map(([, , sentence]) => sentence ?? '')
  assert.equal(new Set(sentences).size, Object.keys(SECTION_OF).length)
  for (const sentence of sentences) assert.match(sentence, /^[A-Z].*\.$/s)
})

test('behavior: an example read and written again is the same bytes', async (t) => {
  for (const { title, lines } of sections()) {
    const folder = tempFolder(t)
    const events = [...parseJournal(lines.join('\n'), title)]
    const times = events.map(({ at }) => at ?? '')
    const journal = await openJournal(folder, () => times.shift() ?? '')
    for (const event of events) await journal.append(withoutFrame(event))
    await journal.close()
    assert.equal(readFileSync(join(folder, JOURNAL_FILE), 'utf8'), `${lines.join('\n')}\n`, title)
  }
})

/** The event alone: the journal puts version and time in front by itself. */
function withoutFrame(event: JournalEvent & { readonly at?: string; readonly v?: number }): JournalEvent {
  const { at: _at, v: _v, ...rest } = event
  return rest
}

describe('what the examples of a section come to', () => {
  test('default: runs', () => {
    const state = reduced(linesOf('Runs'))
    assert.equal(state.cluster?.server, 'https://127.0.0.1:6443')
    assert.equal(state.lastRun?.finished, true)
  })

  test('default: objects', () => {
    const state = reduced([...linesOf('Runs').slice(0, 2), ...linesOf('Objects')])
    assert.deepEqual([...state.inventory.keys()], ['ServiceOffer.obol.org/llm/aeon'])
    assert.deepEqual([...(state.lastRun?.open ?? [])], [])
  })

  test('default: steps on a chain, after each record', () => {
    const lines = linesOf('Steps on a chain')
    const story = lines.map((_, i) => {
      const [effort] = reduced(lines.slice(0, i + 1)).chain.values()
      assert.ok(effort !== undefined)
      const { groups, mined, final } = effort
      return [groups.at(-1)?.end, openGroup(effort)?.nonce, mined?.blockNumber, final?.agentId]
    })
    assert.deepEqual(story, [
      [undefined, undefined, undefined, undefined],
      [undefined, 7, undefined, undefined],
      [undefined, 7, undefined, undefined],
      [undefined, 7, 123n, undefined],
      [undefined, undefined, 123n, '42'],
      [undefined, 7, undefined, undefined],
      ['superseded', undefined, undefined, undefined],
      ['reverted', undefined, undefined, undefined],
    ])
  })
})

test('behavior: every code that the page names is one of the journal', () => {
  assert.deepEqual(
    new Set(DOC.match(/OBOL-[A-Z]\d{3}/g)),
    new Set(['OBOL-A003', 'OBOL-A010', 'OBOL-A012', 'OBOL-A005']),
  )
})
