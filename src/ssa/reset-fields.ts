import { EMPTY_SET, type FieldSet, setOf } from './field-set.ts'
import type { ObjectType } from './types.ts'

const STATUS = setOf([['f:status']])
const SPEC = setOf([['f:spec']])
const METADATA_AND_SPEC = setOf([['f:metadata'], ['f:spec']])

/**
 * What an endpoint sets back to the stored values, so that its writers cannot own it. Source: `GetResetFields` of
 * apiextensions-apiserver's registry/customresource and of kubernetes' pkg/registry.
 * @param subresource undefined for the object's own endpoint.
 */
export function resetFields(type: ObjectType, subresource: string | undefined): FieldSet {
  if (subresource === undefined) return type.statusSubresource === true ? STATUS : EMPTY_SET
  if (subresource !== 'status') return EMPTY_SET
  return type.structural === undefined ? SPEC : METADATA_AND_SPEC
}
