import { ObolError } from '../../../errors/obol-error.ts'
import { SELL_ERRORS } from '../../../errors/sell.ts'
import { editsOf } from '../../../sell/edits-of.ts'
import { findOffer } from '../../../sell/find-offer.ts'
import type { SellFields } from '../../../sell/sell-fields.ts'
import type { Context } from '../../context.ts'
import { defaultsOf, paymentOf } from '../../sell/fields-of-flags.ts'
import { editedFile, noSuchOffer, openShelf, writeOffer } from '../../sell/write-offer.ts'
import type { SellUpdateFlags } from './sell-commands.ts'

/** What an update can change, by its flags. */
const USABLE =
  'one of --pay-to, --network, --token, --price, --per-request, --per-mtok, --per-hour, --max-timeout, --accept, --weight, --category'

/** `obol sell update NAME`: what the flags name, and nothing else. SIDE EFFECTS: those of `writeOffer`. */
export async function sellUpdate(this: Context, flags: SellUpdateFlags, name: string): Promise<void> {
  const { weight, category, namespace } = flags
  const { accept, ...simple } = flags
  // Flags that contradict each other are told before any file is read.
  const own: SellFields = {
    ...paymentOf(simple),
    ...(weight === undefined ? {} : { weight }),
    ...(category === undefined ? {} : { category }),
  }
  if (Object.keys(own).length === 0 && accept === undefined)
    throw new ObolError(SELL_ERRORS.NOTHING_TO_CHANGE, { details: [USABLE] })
  const shelf = await openShelf(this, flags)
  const found = findOffer(shelf.documents, { name, ...(namespace === undefined ? {} : { namespace }) })
  if (found === undefined) throw noSuchOffer(shelf, name, namespace)
  const fields = accept === undefined ? own : { ...own, ...paymentOf(flags, defaultsOf(found.value)) }
  await writeOffer(this, shelf, editedFile(found, editsOf(fields, found.value)), flags)
}
