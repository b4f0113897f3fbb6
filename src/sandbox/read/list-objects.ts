import { metadataString, refOf } from '../../kube/ref.ts'
import type { JsonObject } from '../../util/json.ts'
import { forbiddenField, notSupported } from '../field-error.ts'
import { badRequest, type Cause, expired, invalid, Refusal } from '../refusal.ts'
import type { SandboxRequest } from '../request.ts'
import { fieldSelector, labelSelector, type Selector } from '../selectors.ts'
import { apiVersionOf, type ServedResource } from '../served-resource.ts'
import { type Store, storeKey } from '../store.ts'

/** Lists that were begun with a limit: what is left of each, as it was when it began. */
export type OpenLists = Map<string, { readonly version: number; readonly items: readonly JsonObject[] }>

const MAX_OPEN_LISTS = 100

/** Selects by `labelSelector` and `fieldSelector`. @throws Refusal 400. */
export function selectorOf(query: URLSearchParams, resource: ServedResource): Selector {
  const byLabel = labelSelector(query.get('labelSelector') ?? '')
  const byField = fieldSelector(query.get('fieldSelector') ?? '', resource)
  return (object) => byLabel(object) && byField(object)
}

/**
 * LIST: the selected objects in key order, in pages when a limit is given; later pages come from the same moment.
 * @throws Refusal 400, 410, 422 or 504. SIDE EFFECTS: remembers an unfinished list in `open`.
 */
export function listObjects(
  store: Store,
  open: OpenLists,
  at: { readonly resource: ServedResource; readonly namespace: string | undefined },
  request: SandboxRequest,
): JsonObject {
  const { resource, namespace } = at
  const { query } = request
  const limit = limitOf(query)
  const token = query.get('continue') ?? ''
  checkVersion(query, store)
  const selects = selectorOf(query, resource)
  if (token === '') {
    const items = store.list(resource.key, namespace).filter(selects)
    return page({ items, version: store.version }, limit, resource, open)
  }
  const key = resumeKey(token)
  const begun = open.get(key)
  if (begun === undefined) {
    const why =
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.'
    throw expired(why)
  }
  return page(begun, limit, resource, open)
}

function page(
  list: { readonly items: readonly JsonObject[]; readonly version: number },
  limit: number,
  resource: ServedResource,
  open: OpenLists,
): JsonObject {
  const items = limit > 0 ? list.items.slice(0, limit) : list.items
  const rest = list.items.slice(items.length)
  const token = rest.length === 0 ? '' : remember(rest, list.version, items, open)
  const isCustom = resource.structural !== undefined
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.listKind,
    metadata: {
      resourceVersion: `${list.version}`,
      ...(isCustom || token !== '' ? { continue: token } : {}),
      ...(rest.length === 0 ? {} : { remainingItemCount: rest.length }),
    },
    // Items of built-in lists do not repeat what they are.
    items: isCustom ? items : items.map(({ apiVersion: _, kind: __, ...item }) => item),
  }
}

function remember(rest: readonly JsonObject[], version: number, shown: readonly JsonObject[], open: OpenLists): string {
  const last = shown.at(-1)
  const ref = last === undefined ? undefined : refOf(last)
  const start = ref === undefined ? '' : storeKey(ref.namespace, ref.name)
  const uid = last === undefined ? '' : (metadataString(last, 'uid') ?? '')
  const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start, uid })).toString('base64url')
  open.set(token, { version, items: rest })
  const [oldest] = open.keys()
  if (open.size > MAX_OPEN_LISTS && oldest !== undefined) open.delete(oldest)
  return token
}

function resumeKey(token: string): string {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.toString('latin1').startsWith('{')) return token
  const first = bytes.toString('latin1', 0, 1)
  const why = `invalid character '${first}' looking for beginning of value`
  throw badRequest(`invalid continue token: continue key is not valid: ${why}`)
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? ''
  if (text === '') return 0
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

const MATCHES = ['Exact', 'NotOlderThan', '']

function checkVersion(query: URLSearchParams, store: Store): void {
  const version = query.get('resourceVersion') ?? ''
  const match = query.get('resourceVersionMatch') ?? ''
  const causes: Cause[] = []
  if (match !== '' && version === '') {
    const why = 'resourceVersionMatch is forbidden unless resourceVersion is provided'
    causes.push(forbiddenField('resourceVersionMatch', why))
  }
  if (!MATCHES.includes(match)) causes.push(notSupported('resourceVersionMatch', match, MATCHES))
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, causes)
  if (version === '') return
  if (!/^\d+$/.test(version)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`
    throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(version)}: ${why}`)
  }
  if (Number(version) > store.version) throw tooLarge(version, store.version)
  if (match === 'Exact' && Number(version) < store.version) {
    throw expired(`The resourceVersion for the provided list is too old.`)
  }
}

function tooLarge(version: string, current: number): Refusal {
  const message = 'Too large resource version'
  return new Refusal(504, 'Timeout', `Timeout: ${message}: ${version}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message }],
    retryAfterSeconds: 1,
  })
}
