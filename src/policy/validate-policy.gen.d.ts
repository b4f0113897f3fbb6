// Generated from schemas/policy.schema.json by `npm run gen`. Do not edit.
import type { ErrorObject } from 'ajv'
import type { Policy } from './policy.gen.ts'

export declare const validatePolicy: {
  (data: unknown): data is Policy
  errors?: ErrorObject[] | null
}
/** Known fields of each object by its place; "/spec/payments/*" stands for any item of that list. */
export declare const fieldNames: Readonly<Record<string, readonly string[]>>
/** What to say when a pattern does not match, by pattern. */
export declare const patternMessages: Readonly<Record<string, string>>
