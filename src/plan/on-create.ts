import { coreDefaults } from '../ssa/core-defaults.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'

/**
 * A new object as the API server stores it, with what it adds when it creates one: a Namespace gets its name as a label, a
 * finalizer and a phase (kubernetes, pkg/registry/core/namespace/strategy.go). Other kinds stay as they are.
 */
export function onCreate(object: JsonObject): JsonObject {
  if (object['apiVersion'] !== 'v1' || object['kind'] !== 'Namespace') return object
  const spec = isJsonObject(object['spec']) ? object['spec'] : {}
  const finalizers = Array.isArray(spec['finalizers']) ? spec['finalizers'] : []
  const all = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
  return { ...coreDefaults(object), spec: { ...spec, finalizers: all }, status: { phase: 'Active' } }
}
