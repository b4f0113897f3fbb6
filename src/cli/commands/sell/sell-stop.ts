import type { FieldEdit } from '../../../sell/field-edit.ts'
import { findOffer } from '../../../sell/find-offer.ts'
import { jsonAt } from '../../../util/json.ts'
import type { Context } from '../../context.ts'
import { editedFile, noSuchOffer, openShelf, writeOffer } from '../../sell/write-offer.ts'
import type { SellStopFlags } from './sell-commands.ts'

const GRACE = '1h'
const AT_ONCE = '0s'

/**
 * `obol sell stop NAME`: no new payment from now on; what is paid for may be finished. An offer that is stopped already keeps
 * its moment. SIDE EFFECTS: those of `writeOffer`.
 */
export async function sellStop(this: Context, flags: SellStopFlags, name: string): Promise<void> {
  const { namespace, grace } = flags
  const shelf = await openShelf(this, flags)
  const found = findOffer(shelf.documents, { name, ...(namespace === undefined ? {} : { namespace }) })
  if (found === undefined) throw noSuchOffer(shelf, name, namespace)
  const isStopped = jsonAt(found.value, ['spec', 'drainAt']) !== undefined
  const period = flags.now === true || flags.force === true ? AT_ONCE : (grace ?? (isStopped ? undefined : GRACE))
  const now = `${this.now().toISOString().slice(0, 19)}Z`
  const edits: readonly FieldEdit[] = [
    ...(isStopped ? [] : [{ path: ['spec', 'drainAt'], value: now }]),
    ...(period === undefined ? [] : [{ path: ['spec', 'drainGracePeriod'], value: period }]),
  ]
  await writeOffer(this, shelf, editedFile(found, edits), flags)
}
