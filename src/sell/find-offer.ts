import { ObolError } from '../errors/obol-error.ts'
import { SELL_ERRORS } from '../errors/sell.ts'
import { documentKind, namespaceOf } from '../offers/offer-shape.ts'
import type { SourceDocument } from '../offers/source.ts'
import { jsonAt } from '../util/json.ts'

/** An offer as people name it. */
export type OfferName = { readonly name: string; readonly namespace?: string }

/**
 * The offer of that name among the documents of a workspace; undefined when there is none. Throws OBOL-L002 when several have
 * the name and no namespace was given. Pure.
 */
export function findOffer(
  documents: readonly SourceDocument[],
  { name, namespace }: OfferName,
): SourceDocument | undefined {
  const named = documents.filter(
    (document) => documentKind(document.value) === 'offer' && jsonAt(document.value, ['metadata', 'name']) === name,
  )
  const found = named.filter((document) => namespace === undefined || namespaceOf(document.value) === namespace)
  const [only, ...others] = found
  if (others.length === 0) return only
  const places = found.map(
    (document) => `${namespaceOf(document.value)}/${name} (${document.origin.file}:${document.origin.line})`,
  )
  throw new ObolError(SELL_ERRORS.AMBIGUOUS, { details: places })
}
