import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import { shellWord } from '../util/shell-word.ts'
import { JOURNAL_FILE } from './file-journal.ts'
import { JOURNAL_VERSION, type JournalEvent } from './journal-events.ts'
import { EMPTY_STATE, reduceJournal, type WorkspaceState } from './reduce-journal.ts'

/** The state folder of a workspace. */
export function stateFolder(workspaceFolder: string): string {
  return join(workspaceFolder, 'state')
}

/** An event as its record has it: when it was written stands beside it (RFC 3339), unless the file was edited. */
export type RecordedEvent = JournalEvent & { readonly at?: string }

/**
 * One line of a journal. `torn`: half a record, the process was killed while writing it; `unknown`: of a type that a later
 * release of the same version added.
 */
export type JournalRecord =
  | { readonly result: 'event'; readonly event: RecordedEvent }
  | { readonly result: 'torn' | 'unknown' }

/**
 * Reads the journal of a workspace; a workspace without one has the empty state. Torn records are passed over.
 * Throws OBOL-A010 for a journal of a newer version, OBOL-A012 for a damaged one, OBOL-A003 for one that cannot be read.
 */
export async function readState(folder: string): Promise<WorkspaceState> {
  const path = join(folder, JOURNAL_FILE)
  const text = await readText(path)
  return text === undefined ? EMPTY_STATE : reduceJournal(parseJournal(text, path))
}

/** Every line of a workspace's journal, in order; none without one. Throws as `readState` does. */
export async function readRecords(folder: string): Promise<readonly JournalRecord[]> {
  const path = join(folder, JOURNAL_FILE)
  return [...parseRecords((await readText(path)) ?? '', path)]
}

/** Undefined when there is no such file. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return undefined
    throw new ObolError(APPLY_ERRORS.STATE_UNWRITABLE, {
      message: `the journal cannot be read (${String(code ?? 'unknown reason')})`,
      where: { file: path },
      hint: `ls -l ${shellWord(path)}`,
      cause,
    })
  }
}

/** The events of a journal's text, in order, without what is torn or unknown. Throws as `parseRecords` does. */
export function* parseJournal(text: string, path: string): Generator<RecordedEvent> {
  for (const record of parseRecords(text, path)) if (record.result === 'event') yield record.event
}

/**
 * The records of a journal's text, in order; empty lines are none. Throws OBOL-A010 for a newer version, OBOL-A012 for a
 * whole record that is not laid out as one.
 */
function* parseRecords(text: string, path: string): Generator<JournalRecord> {
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue
    const record = parseRecord(line)
    if (record === undefined) {
      yield { result: 'torn' }
      continue
    }
    const where = { file: path, line: i + 1 }
    const version = record['v']
    if (typeof version === 'number' && version > JOURNAL_VERSION)
      throw new ObolError(APPLY_ERRORS.JOURNAL_TOO_NEW, { where })
    if (typeof version !== 'number' || isDamaged(record)) {
      throw new ObolError(APPLY_ERRORS.JOURNAL_DAMAGED, {
        where,
        hint: `mv ${shellWord(path)} ${shellWord(`${path}.damaged`)}`,
      })
    }
    yield isEvent(record) ? { result: 'event', event: record } : { result: 'unknown' }
  }
}

function parseRecord(line: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(line)
    return isJsonObject(value) ? value : undefined
  } catch {
    // Half a record: the process was killed while writing it, so what it announces never happened.
    return undefined
  }
}

/** The text fields of each type, without which a reduction would go wrong. */
const FIELDS: Readonly<Record<JournalEvent['type'], readonly string[]>> = {
  'cluster-bound': [],
  'run-started': ['run'],
  'transfer-intended': ['run', 'step'],
  'ownership-transferred': ['run', 'step', 'resourceVersion'],
  'apply-intended': ['run', 'step'],
  'object-applied': ['run', 'step', 'uid', 'resourceVersion'],
  'delete-intended': ['run', 'step', 'uid'],
  'object-deleted': ['run', 'step', 'uid'],
  'step-failed': ['run', 'step', 'code'],
  'plan-used': ['run', 'plan'],
  'run-finished': ['run'],
  'chain-intended': ['run', 'step', 'key', 'op', 'fromBlock', 'genesis', 'registryVersion'],
  'tx-signed': ['run', 'step', 'key', 'hash', 'raw', 'maxFeePerGas', 'maxPriorityFeePerGas', 'ceiling'],
  'tx-sent': ['run', 'step', 'key', 'hash'],
  'tx-mined': ['run', 'step', 'key', 'hash', 'blockNumber', 'blockHash'],
  'chain-final': ['run', 'step', 'key', 'agentId', 'blockNumber', 'blockHash'],
  'tx-reverted': ['run', 'step', 'key', 'hash', 'reason'],
  'tx-superseded': ['run', 'step', 'key', 'why'],
  'chain-reorganised': ['run', 'step', 'key', 'why'],
}

function isEvent(record: object): record is RecordedEvent {
  return 'type' in record && typeof record.type === 'string' && Object.hasOwn(FIELDS, record.type)
}

function isDamaged(record: JsonObject): boolean {
  if (typeof record['type'] !== 'string') return true
  if (!isEvent(record)) return false
  const { type } = record
  const counts = COUNTS[type] ?? []
  const decimals = DECIMALS[type] ?? []
  const isWhole = hasTexts(record, FIELDS[type]) && hasCounts(record, counts) && hasDecimals(record, decimals)
  return !isWhole || !hasParts(record, type)
}

/** The mappings of a record, and what it may lack. */
function hasParts({ cluster, ref, target, fee }: JsonObject, type: JournalEvent['type']): boolean {
  switch (type) {
    case 'cluster-bound':
      return isJsonObject(cluster) && hasTexts(cluster, ['fingerprint', 'server'])
    case 'apply-intended':
    case 'object-applied':
      return isJsonObject(ref) && hasTexts(ref, REF_FIELDS)
    case 'chain-intended':
      return isTarget(target)
    case 'chain-final':
      // Absent where nothing was paid; anything else that is no number would end every later reduction.
      return fee === undefined || isDecimal(fee)
    default:
      return true
  }
}

/** JSON numbers: whole, from 0. */
const COUNTS: Partial<Readonly<Record<JournalEvent['type'], readonly string[]>>> = {
  'tx-signed': ['epoch', 'nonce', 'bump'],
  'tx-reverted': ['epoch'],
  'tx-superseded': ['epoch', 'nonce'],
}

/** Decimal strings of any size. */
const DECIMALS: Partial<Readonly<Record<JournalEvent['type'], readonly string[]>>> = {
  'chain-intended': ['fromBlock'],
  'tx-signed': ['maxFeePerGas', 'maxPriorityFeePerGas', 'ceiling'],
  'tx-mined': ['blockNumber'],
  'chain-final': ['agentId', 'blockNumber'],
}

function hasCounts(object: JsonObject, fields: readonly string[]): boolean {
  return fields.every((field) => Number.isSafeInteger(object[field]) && Number(object[field]) >= 0)
}

function hasDecimals(object: JsonObject, fields: readonly string[]): boolean {
  return fields.every((field) => isDecimal(object[field]))
}

function isDecimal(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && /^\d+$/.test(value)
}

function isTarget(value: JsonValue | undefined): boolean {
  const texts = ['network', 'registry', 'owner', 'idem', 'uri']
  return isJsonObject(value) && hasTexts(value, texts) && hasCounts(value, ['chainId', 'confirmations'])
}

const REF_FIELDS = ['apiVersion', 'kind', 'name']

function hasTexts(object: JsonObject, fields: readonly string[]): boolean {
  return fields.every((field) => typeof object[field] === 'string')
}
