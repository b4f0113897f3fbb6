import { findOffer } from '../../../sell/find-offer.ts'
import type { Context } from '../../context.ts'
import { deleteOffer, noSuchOffer, openShelf } from '../../sell/write-offer.ts'
import type { SellDeleteFlags } from './sell-commands.ts'

/** `obol sell delete NAME`: its file, and its objects, and nothing else. SIDE EFFECTS: those of `deleteOffer`. */
export async function sellDelete(this: Context, flags: SellDeleteFlags, name: string): Promise<void> {
  const { namespace, force, yes, ...rest } = flags
  const shelf = await openShelf(this, flags)
  const found = findOffer(shelf.documents, { name, ...(namespace === undefined ? {} : { namespace }) })
  if (found === undefined) throw noSuchOffer(shelf, name, namespace)
  await deleteOffer(this, shelf, found, { ...rest, ...(force === true || yes === true ? { yes: true } : {}) })
}
