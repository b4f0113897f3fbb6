import { checkFormats } from '../../formats/formats.ts'
import { decodeView } from '../../saved/view-codec.ts'
import { maskText } from '../../util/mask.ts'
import { printable } from '../../util/printable.ts'
import type { Context } from '../context.ts'
import { readSavedPlan } from '../saved-plan.ts'
import { writeFormats } from '../write-formats.ts'
import type { ShowFlags } from './show-command.ts'

/**
 * `obol show FILE`: a saved plan as `obol plan` showed it, on stdout and in the formats asked for. SIDE EFFECTS: reads the
 * file; writes the files that the flags name.
 */
export async function show(this: Context, flags: ShowFlags, file: string): Promise<void> {
  const formats = flags.format ?? []
  checkFormats(formats)
  const { id, tool, source, view } = await readSavedPlan(this, file)
  const words = `saved at ${view.header.readAt} by obol ${tool}${source === 'snapshot' ? ', from a snapshot' : ''}`
  this.stderr.write(`${this.stderr.style.dim(printable(maskText(`${id}: ${words}`)))}\n`)
  const isTaken = formats.some((request) => request.file === undefined)
  const own = isTaken ? [] : [{ format: flags.json === true ? ('json' as const) : ('text' as const) }]
  await writeFormats(this, { plan: decodeView(view), problems: [] }, [...own, ...formats])
}
