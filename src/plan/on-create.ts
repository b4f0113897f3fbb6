import { groupOf } from '../kube/ref.ts'
import { coreDefaults } from '../ssa/core-defaults.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../util/json.ts'

/**
 * A new object as the API server stores it, with what its strategy for the kind adds when it creates one: a Namespace
 * gets its name as a label, a finalizer and a phase, a CustomResourceDefinition an empty status. Measured on
 * kube-apiserver 1.37; other kinds stay as they are.
 */
export function onCreate(object: JsonObject): JsonObject {
  const { apiVersion, kind } = object
  if (apiVersion === 'v1' && kind === 'Namespace') return newNamespace(object)
  const isCrd = kind === 'CustomResourceDefinition' && typeof apiVersion === 'string'
  return isCrd && groupOf(apiVersion) === 'apiextensions.k8s.io' ? newDefinition(object) : object
}

function newNamespace(object: JsonObject): JsonObject {
  const spec = isJsonObject(object['spec']) ? object['spec'] : {}
  const finalizers = isJsonArray(spec['finalizers']) ? spec['finalizers'] : []
  const all = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
  return { ...coreDefaults(object), spec: { ...spec, finalizers: all }, status: { phase: 'Active' } }
}

function newDefinition(object: JsonObject): JsonObject {
  const spec = isJsonObject(object['spec']) ? object['spec'] : {}
  const versions = isJsonArray(spec['versions']) ? spec['versions'].filter(isJsonObject) : []
  const storedVersions = versions.filter(({ storage }) => storage === true).flatMap(({ name }) => name ?? [])
  return { ...object, status: { acceptedNames: { kind: '', plural: '' }, conditions: null, storedVersions } }
}
