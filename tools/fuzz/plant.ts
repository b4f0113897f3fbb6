import { metadataOf } from '../../src/kube/ref.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonArray, isJsonObject } from '../../src/util/json.ts'

/** Bugs to plant, by name, so that it can be seen that the fuzz finds bugs: each spoils a prediction. */
export const PLANTS: Readonly<Record<string, (predicted: JsonObject) => JsonObject>> = {
  /** Forgets what Helm owns. */
  'drop-owner': (predicted) => {
    const metadata = metadataOf(predicted)
    const entries = isJsonArray(metadata['managedFields']) ? metadata['managedFields'] : []
    const kept = entries.filter((entry) => !isJsonObject(entry) || entry['manager'] !== 'helm')
    return { ...predicted, metadata: { ...metadata, managedFields: kept } }
  },
  /** Forgets that a limit was set. */
  'drop-field': (predicted) => {
    const spec = predicted['spec']
    if (!isJsonObject(spec) || spec['limits'] === undefined) return predicted
    const { limits: _, ...rest } = spec
    return { ...predicted, spec: rest }
  },
}
