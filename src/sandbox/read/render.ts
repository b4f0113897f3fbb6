import { metadataOf } from '../../kube/ref.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray } from '../../util/json.ts'
import type { Rendering } from '../negotiate.ts'
import type { ServedResource } from '../served-resource.ts'
import { printerOf } from './printer.ts'

/** An object or a list of objects in the form that was asked for. */
export function render(body: JsonObject, rendering: Rendering, resource: ServedResource, now: Date): JsonObject {
  if (rendering === 'object' || body['kind'] === 'Status') return body
  const items = body['items']
  if (rendering === 'table') return table(body, isJsonArray(items) ? items : [body], resource, now)
  if (!isJsonArray(items)) return partial(body)
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: body['metadata'] ?? {},
    items: items.map((item) => partial(item)),
  }
}

/** A table whose rows carry the objects' metadata, as the server's `includeObject=Metadata`. */
export function table(
  body: JsonObject,
  items: readonly JsonValue[],
  resource: ServedResource,
  now: Date,
  withColumns = true,
): JsonObject {
  const printer = printerOf(resource)
  const metadata = metadataOf(body)
  const { resourceVersion = '', continue: token, remainingItemCount } = metadata
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {
      resourceVersion,
      ...(typeof token === 'string' && token !== '' ? { continue: token } : {}),
      ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
    },
    columnDefinitions: withColumns ? printer.columns.map((column) => ({ ...column })) : [],
    rows: items.map((item) => ({
      cells: isObject(item) ? printer.cells(item, now) : [],
      object: partial(item),
    })),
  }
}

function partial(object: JsonValue): JsonObject {
  const metadata = isObject(object) ? metadataOf(object) : {}
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !isJsonArray(value)
}
