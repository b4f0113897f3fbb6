import { randomBytes } from 'node:crypto'
import { metadataOf, metadataString } from '../../kube/ref.ts'
import type { JsonObject } from '../../util/json.ts'
import { badRequest, internal } from '../refusal.ts'
import type { ServedResource } from '../served-resource.ts'
import { finishCreate, tracked } from './finish-write.ts'
import { withMetadata, without } from './metadata.ts'
import type { WriteContext } from './write-context.ts'
import type { WriteOptions } from './write-options.ts'

/**
 * POST: creates an object from its decoded body.
 * @throws Refusal. SIDE EFFECTS: stores the object unless it is a dry run.
 */
export function createObject(
  context: WriteContext,
  at: { readonly resource: ServedResource; readonly namespace: string | undefined },
  body: JsonObject,
  options: WriteOptions,
): JsonObject {
  const { resource, namespace } = at
  checkNamespace(body, namespace)
  const named = withGeneratedName(withMetadata(body, { namespace }))
  const name = metadataString(named, 'name') ?? ''
  const wanted = metadataOf(body)['resourceVersion']
  if (wanted !== undefined && wanted !== '' && wanted !== '0') {
    throw internal('resourceVersion should not be set on objects to be created')
  }
  const bare = resource.hasStatus && resource.structural !== undefined ? without(named, 'status') : named
  const object = tracked(context, resource, { manager: options.manager }, bare, undefined)
  return finishCreate(context, { resource, namespace, name }, object, options.dryRun)
}

/** @throws Refusal 400 when the body names another namespace than the URL. */
export function checkNamespace(body: JsonObject, namespace: string | undefined): void {
  const given = metadataString(body, 'namespace') ?? ''
  if (given !== '' && given !== (namespace ?? '')) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
const MAX_PREFIX = 58

function withGeneratedName(object: JsonObject): JsonObject {
  const { name, generateName } = metadataOf(object)
  if ((typeof name === 'string' && name !== '') || typeof generateName !== 'string' || generateName === '')
    return object
  const suffix = [...randomBytes(SUFFIX_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length] ?? 'x').join('')
  return withMetadata(object, { name: `${generateName.slice(0, MAX_PREFIX)}${suffix}` })
}
