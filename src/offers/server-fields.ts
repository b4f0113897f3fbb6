import { metadataOf } from '../kube/ref.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import type { Path } from './source.ts'

/** The fields of a manifest that only the server writes and that say something, as in `kubectl get -o yaml`. */
export function serverFields(manifest: JsonObject): readonly Path[] {
  const metadata = metadataOf(manifest)
  const paths: Path[] = []
  // `status: {}` and `creationTimestamp: null` are what code generators leave behind.
  if ('status' in manifest && !isBlank(manifest['status'])) paths.push(['status'])
  for (const name of SERVER_METADATA) {
    if (name in metadata && !isBlank(metadata[name])) paths.push(['metadata', name])
  }
  if (annotationsOf(metadata)?.[LAST_APPLIED] !== undefined) paths.push(['metadata', 'annotations', LAST_APPLIED])
  return paths
}

/** The manifest without the fields that only the server writes. */
export function withoutServerFields(manifest: JsonObject): JsonObject {
  const { status: _, metadata, ...rest } = manifest
  if (!isJsonObject(metadata)) return rest
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => !SERVER_METADATA.includes(name)))
  const annotations = annotationsOf(metadata)
  if (annotations?.[LAST_APPLIED] === undefined) return { ...rest, metadata: kept }
  const { [LAST_APPLIED]: __, ...others } = annotations
  return { ...rest, metadata: { ...kept, annotations: others } }
}

const SERVER_METADATA = [
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

function annotationsOf(metadata: JsonObject): JsonObject | undefined {
  const { annotations } = metadata
  return isJsonObject(annotations) ? annotations : undefined
}

function isBlank(value: JsonValue | undefined): boolean {
  return value === null || value === undefined || (isJsonObject(value) && Object.keys(value).length === 0)
}
