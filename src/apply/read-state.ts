import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import { isJsonObject, type JsonValue } from '../util/json.ts'
import { JOURNAL_FILE } from './file-journal.ts'
import { JOURNAL_VERSION, type JournalEvent } from './journal-events.ts'
import { EMPTY_STATE, reduceJournal, type WorkspaceState } from './reduce-journal.ts'

/** The state folder of a workspace. */
export function stateFolder(workspaceFolder: string): string {
  return join(workspaceFolder, 'state')
}

/**
 * Reads the journal of a workspace; a workspace without one has the empty state. Torn records are passed over.
 * Throws OBOL-A010 for a journal of a newer version, OBOL-A003 for one that cannot be read.
 */
export async function readState(folder: string): Promise<WorkspaceState> {
  const path = join(folder, JOURNAL_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return EMPTY_STATE
    throw new ObolError(APPLY_ERRORS.stateUnwritable, {
      message: `The journal cannot be read (${String(code)})`,
      where: { file: path },
      cause,
    })
  }
  return reduceJournal(parseJournal(text, path))
}

/** The events of a journal's text, in order. */
export function* parseJournal(text: string, path: string): Generator<JournalEvent> {
  for (const [i, line] of text.split('\n').entries()) {
    const record = parseRecord(line)
    if (record === undefined) continue
    const version = record['v']
    if (typeof version !== 'number' || version > JOURNAL_VERSION) {
      throw new ObolError(APPLY_ERRORS.journalTooNew, { where: { file: path, line: i + 1 } })
    }
    if (isEvent(record)) yield record
  }
}

function parseRecord(line: string): { readonly [key: string]: JsonValue } | undefined {
  if (line === '') return undefined
  try {
    const value: JsonValue = JSON.parse(line)
    return isJsonObject(value) ? value : undefined
  } catch {
    // Half a record: the process was killed while writing it, so what it announces never happened.
    return undefined
  }
}

/** Records are our own writing: the type and, for steps, the step tell them apart; unknown types are passed over. */
function isEvent(record: unknown): record is JournalEvent {
  return isJsonObject(record) && typeof record['type'] === 'string' && typeof record['v'] === 'number'
}
