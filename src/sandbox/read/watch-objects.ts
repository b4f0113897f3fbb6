import { metadataOf, metadataString } from '../../kube/ref.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import type { Rendering } from '../negotiate.ts'
import { badRequest, expired, internal } from '../refusal.ts'
import type { Reply, SandboxRequest } from '../request.ts'
import type { Selector } from '../selectors.ts'
import { apiVersionOf, type ServedResource } from '../served-resource.ts'
import type { Store, StoreEvent } from '../store.ts'
import { selectorOf } from './list-objects.ts'
import { render, table } from './render.ts'

export type WatchSettings = {
  /** How often an idle watch that allows bookmarks gets one, in milliseconds. */
  readonly bookmarkInterval: number
  /** How long a watch without `timeoutSeconds` lasts, in milliseconds. */
  readonly timeout: number
  readonly now: () => Date
}

/**
 * WATCH: a stream of events from a resourceVersion on; without one (or with `0`) first everything there is. An object
 * that stops being selected is DELETED, as on the real server. A version that is too old gives one ERROR event.
 * @throws Refusal 400 or 500.
 */
export function watchObjects(
  store: Store,
  at: { readonly resource: ServedResource; readonly namespace: string | undefined },
  request: SandboxRequest,
  rendering: Rendering,
  settings: WatchSettings,
): Reply {
  const { query } = request
  const { resource } = at
  const selects = selectorOf(query, resource)
  const inScope: Selector = (object) =>
    (at.namespace === undefined || metadataString(object, 'namespace') === at.namespace) && selects(object)
  const from = versionOf(query)
  const seconds = secondsOf(query)
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1'
  const initial = query.get('sendInitialEvents') === 'true'
  const show = shower(resource, rendering, settings.now)
  return {
    type: 'stream',
    start: (send, end) => {
      const past = from === undefined || initial ? initialEvents(store, at, inScope) : store.eventsSince(from)
      if (past === undefined) {
        send({ type: 'ERROR', object: expired(`too old resource version: ${from} (${store.version})`).status })
        end()
        return () => {}
      }
      const deliver = (event: StoreEvent): void => {
        const shown = event.resource === resource.key ? visible(event, inScope) : undefined
        if (shown !== undefined) send({ type: shown.type, object: show(shown.object) })
      }
      for (const event of past) deliver(event)
      const bookmark = (annotations?: JsonObject): void => {
        if (bookmarks) send({ type: 'BOOKMARK', object: bookmarkOf(resource, store.version, annotations) })
      }
      if (initial) bookmark({ 'k8s.io/initial-events-end': 'true' })
      const unsubscribe = store.subscribe(deliver)
      const ticker = setInterval(bookmark, settings.bookmarkInterval)
      const timer = setTimeout(
        () => {
          bookmark()
          end()
        },
        seconds === undefined ? settings.timeout : seconds * 1000,
      )
      return () => {
        unsubscribe()
        clearInterval(ticker)
        clearTimeout(timer)
      }
    },
  }
}

type Shown = { readonly type: StoreEvent['type']; readonly object: JsonObject }

/** What a change is to one who sees only what the selector lets through. */
function visible(event: StoreEvent, selects: Selector): Shown | undefined {
  const isSeen = event.type !== 'DELETED' && selects(event.object)
  const wasSeen = event.previous !== undefined && selects(event.previous)
  if (isSeen) return { type: wasSeen ? 'MODIFIED' : 'ADDED', object: event.object }
  if (!wasSeen || event.previous === undefined) return undefined
  if (event.type === 'DELETED') return { type: 'DELETED', object: event.object }
  // It is still there, but not for this watch: the last state seen, at the version of the change.
  const metadata = { ...metadataOf(event.previous), resourceVersion: `${event.version}` }
  return { type: 'DELETED', object: { ...event.previous, metadata } }
}

function initialEvents(
  store: Store,
  at: { readonly resource: ServedResource; readonly namespace: string | undefined },
  selects: Selector,
): readonly StoreEvent[] {
  return store
    .list(at.resource.key, at.namespace)
    .filter(selects)
    .map((object) => ({ type: 'ADDED', version: store.version, resource: at.resource.key, object }))
}

function bookmarkOf(resource: ServedResource, version: number, annotations: JsonObject | undefined): JsonObject {
  return {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: `${version}`,
      ...(annotations === undefined ? {} : { annotations }),
    },
  }
}

/** In a table watch only the first table says what its columns are. */
function shower(resource: ServedResource, rendering: Rendering, now: () => Date): (object: JsonObject) => JsonValue {
  let isFirst = true
  return (object) => {
    if (rendering !== 'table') return render(object, rendering, resource, now())
    const shown = table(object, [object], resource, now(), isFirst)
    isFirst = false
    return shown
  }
}

/** Undefined: from everything there is. */
function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? ''
  if (text === '' || text === '0') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  throw internal(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`)
}

function secondsOf(query: URLSearchParams): number | undefined {
  const text = query.get('timeoutSeconds') ?? ''
  if (text === '') return undefined
  if (!/^\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
