import { metadataOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'

// The same label as in src/plan/desired.ts, which this room may not import; a test holds the two together.
/** The label whose value is the workspace id on everything that is ours. */
export const OURS_LABEL = 'offers.obol.org/workspace'

/** True when the object carries our label with this workspace's id. */
export function isOurs(object: JsonObject, workspaceId: string): boolean {
  const labels = metadataOf(object)['labels']
  return isJsonObject(labels) && labels[OURS_LABEL] === workspaceId
}
