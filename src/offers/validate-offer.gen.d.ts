// Generated from schemas/offer.schema.json by `npm run gen`. Do not edit.
import type { ErrorObject } from 'ajv'
import type { Offer } from './offer.gen.ts'

export declare const validateOffer: {
  (data: unknown): data is Offer
  errors?: ErrorObject[] | null
}
/** Known fields of each object by its place; "/spec/payments/*" stands for any item of that list. */
export declare const fieldNames: Readonly<Record<string, readonly string[]>>
/** What to say when a pattern does not match, by pattern. */
export declare const patternMessages: Readonly<Record<string, string>>
