import { collectionPath, objectPath, withQuery } from '../../src/cluster/resource-path.ts'
import { type Desired, WORKSPACE_LABEL } from '../../src/plan/desired.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../../src/util/json.ts'
import { documentName } from './random-document.ts'
import type { RawAnswer, RawHttp } from './raw-http.ts'
import { type FieldEdit, type ForeignWrite, withEdits } from './story.ts'

export type ForeignContext = { readonly raw: RawHttp; readonly namespace: string; readonly desired: Desired }

const API: Readonly<Record<string, { readonly apiVersion: string; readonly plural: string }>> = {
  ServiceOffer: { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers' },
  Service: { apiVersion: 'v1', plural: 'services' },
  Endpoints: { apiVersion: 'v1', plural: 'endpoints' },
  ConfigMap: { apiVersion: 'v1', plural: 'configmaps' },
}

/**
 * Sends somebody else's write, as that client would. What the server answers is the server's business; undefined when
 * there is nothing to write to. SIDE EFFECTS: one request, or two for what is read first.
 */
export async function sendForeignWrite(write: ForeignWrite, context: ForeignContext): Promise<RawAnswer | undefined> {
  const { kind, verb, manager, edits } = write
  const api = API[kind]
  if (api === undefined) return undefined
  const { raw, namespace } = context
  const name = documentName(write.doc)
  const path = objectPath({ ...api, namespace }, name)
  const as = { fieldManager: manager }
  const patch = (type: string, body: JsonValue, at = path, query: Readonly<Record<string, string>> = as) =>
    raw.send({ method: 'PATCH', path: withQuery(at, query), contentType: `application/${type}`, body })
  const identity = { apiVersion: api.apiVersion, kind, metadata: { name, namespace } }
  switch (verb) {
    case 'create': {
      const body = withEdits(wholeManifest(write, context) ?? identity, edits)
      return raw.send({ method: 'POST', path: withQuery(collectionPath({ ...api, namespace }), as), body })
    }
    case 'replace': {
      const live = await raw.send({ method: 'GET', path })
      if (live.status !== 200) return undefined
      return raw.send({ method: 'PUT', path: withQuery(path, as), body: withEdits(live.body, edits) })
    }
    case 'apply':
    case 'force-apply': {
      const base = write.whole ? wholeManifest(write, context) : undefined
      const query = { ...as, force: String(verb === 'force-apply') }
      return patch('apply-patch+yaml', withEdits(base ?? identity, edits), path, query)
    }
    case 'status-apply':
      return patch('apply-patch+yaml', withEdits(identity, edits), `${path}/status`, { ...as, force: 'true' })
    case 'status-patch':
      return patch('merge-patch+json', mergePatch(edits), `${path}/status`)
    case 'merge-patch':
      return patch('merge-patch+json', mergePatch(edits))
    case 'strategic-patch':
      return patch('strategic-merge-patch+json', mergePatch(edits))
    case 'json-patch': {
      const live = await raw.send({ method: 'GET', path })
      return live.status === 200 ? patch('json-patch+json', jsonPatch(live.body, edits)) : undefined
    }
    case 'clear-owners':
      return patch('merge-patch+json', { metadata: { managedFields: [{}] } })
    case 'delete':
      return raw.send({ method: 'DELETE', path })
  }
}

/** What the document compiles to, without our label: as another tool would write it. */
function wholeManifest(write: ForeignWrite, { desired }: ForeignContext): JsonObject | undefined {
  const name = documentName(write.doc)
  const object = desired.objects.find(({ ref }) => ref.kind === write.kind && ref.name === name)
  if (object === undefined) return undefined
  return withEdits(object.manifest, [{ path: ['metadata', 'labels', WORKSPACE_LABEL] }])
}

/** RFC 7386: what is taken away is null. Items of lists cannot be addressed, so a list is set as a whole. */
function mergePatch(edits: readonly FieldEdit[]): JsonObject {
  let body: JsonObject = {}
  for (const { path, value } of edits) {
    const end = path.findIndex((key) => typeof key === 'number')
    const whole =
      end < 0
        ? value
        : [jsonAt(withEdits({}, [{ path: ['x', ...path.slice(end)], value: value ?? null }]), ['x', 0]) ?? null]
    body = withEdits(body, [{ path: end < 0 ? path : path.slice(0, end), value: whole ?? null }])
  }
  return body
}

/** RFC 6902, from what the object is now: missing parents are added, what is not there is not removed. */
function jsonPatch(live: JsonObject, edits: readonly FieldEdit[]): JsonValue {
  const operations: JsonObject[] = []
  let now: JsonObject = live
  for (const edit of edits) {
    const { path, value } = edit
    if (value === undefined && jsonAt(now, path) === undefined) continue
    for (let length = 1; length < path.length; length += 1) {
      const parent = path.slice(0, length)
      const there = jsonAt(now, parent)
      if (isJsonObject(there) || isJsonArray(there)) continue
      const empty = typeof path[length] === 'number' ? [] : {}
      operations.push({ op: 'add', path: pointer(parent), value: empty })
      now = withEdits(now, [{ path: parent, value: empty }])
    }
    operations.push(
      value === undefined
        ? { op: 'remove', path: pointer(path) }
        : { op: opFor(now, path), path: pointer(path), value },
    )
    now = withEdits(now, [edit])
  }
  return operations
}

/** On a list `add` would insert. */
function opFor(now: JsonObject, path: FieldEdit['path']): 'add' | 'replace' {
  return typeof path.at(-1) === 'number' && jsonAt(now, path) !== undefined ? 'replace' : 'add'
}

function pointer(path: FieldEdit['path']): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
