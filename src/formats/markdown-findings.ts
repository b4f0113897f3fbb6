import type { Origin } from '../plan/desired.ts'
import type { ConflictView, EditView, RowView } from '../plan/plan-view.ts'
import { ownerText, showCell } from '../plan/render-changes.ts'
import type { Finding } from './findings.ts'
import { code, codeCell, fence, MAX_VALUE, oneLine, prose } from './markdown-safe.ts'

/** An undecided conflict and the step that it holds back. */
export type Held = { readonly conflict: ConflictView; readonly row: RowView }

/** A conflict with both values and the edits that settle it. */
export function showConflict({ conflict, row }: Held, number: number, now: string, ref: string | undefined): string {
  const { path, ours, theirs, owner, origin, inBase, edits } = conflict
  const place = origin ?? row.origin
  const also = inBase === true && ref !== undefined ? ` · also on ${code(ref, 60)}` : ''
  const title = `**${number}.** ${code(path)} of ${code(`${row.kind} ${row.label}`)}${placed(place)}${also}`
  const table = [
    '| | value | owner |',
    '|---|---|---|',
    `| ours | ${codeCell(showCell(ours), MAX_VALUE)} | ${codeCell('obol/Apply')} |`,
    `| theirs | ${codeCell(showCell(theirs), MAX_VALUE)} | ${codeCell(ownerText(owner, now))} |`,
  ].join('\n')
  return [title, table, ...showEdits(edits, row.origin)].join('\n\n')
}

/** The same on one line, for where there are too many. */
export function nameConflict({ conflict, row }: Held, number: number, now: string): string {
  const { path, ours, theirs, owner, origin } = conflict
  const where = `${code(path)} of ${code(`${row.kind} ${row.label}`)}${placed(origin ?? row.origin)}`
  const values = `ours ${code(showCell(ours), 60)}, theirs ${code(showCell(theirs), 60)} by ${code(ownerText(owner, now), 60)}`
  return `**${number}.** ${where}: ${values}`
}

function placed(origin: Origin | undefined): string {
  return origin === undefined ? '' : ` in ${code(`${origin.file}:${origin.line}`)}`
}

/** As commands, which are never cut, and as a line of the offer. */
function showEdits(edits: readonly EditView[], origin: Origin | undefined): readonly string[] {
  if (edits.length === 0) return []
  const commands = edits.flatMap(({ effect, command }) => [`# ${effect}`, command])
  const yaml = edits[0]?.yaml
  if (yaml === undefined) return [fence('sh', commands)]
  const others = edits.slice(1).map(({ decision }) => decision)
  const remark = others.length === 0 ? '' : `  # or ${others.join(', or ')}`
  const place = origin === undefined ? 'the offer' : code(`${origin.file}:${origin.line}`)
  const forGood = `Or for good, under ${code('fieldDecisions')} of ${place}:`
  return [fence('sh', commands), forGood, fence('yaml', [`${yaml}${remark}`])]
}

/** A finding as an item of a list: code, place, what is wrong, and the command that goes on from there. */
export function showFinding({ severity, code: id, message, object, field, next, origin }: Finding): string {
  const place = origin === undefined ? [] : [code(`${origin.file}:${origin.line}:${origin.column}`)]
  const at = field === undefined || field === '' || message.startsWith(field) ? [] : [code(field)]
  const about = object === undefined || origin !== undefined ? [] : [code(object)]
  const sign = severity === 'error' ? `**${code(id, 40)}**` : code(id, 40)
  const head = [sign, ...place, ...about, ...at].join(' ')
  const hints = next.map((command) => code(oneLine(command), Number.POSITIVE_INFINITY))
  return `- ${head}: ${prose(message)}${hints.length === 0 ? '' : ` · next: ${hints.join(' or ')}`}`
}
