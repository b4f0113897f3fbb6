import type { JsonObject, JsonValue } from '../util/json.ts'
import type { ObjectType } from './types.ts'

/** What a struct of the server's own has when it is empty: the structs in it, which its JSON never leaves out. */
const STRUCTS: Readonly<Record<string, JsonObject>> = {
  'v1/Service': { spec: {}, status: { loadBalancer: {} } },
  'networking.k8s.io/v1/Ingress': { spec: {}, status: { loadBalancer: {} } },
}

/**
 * The object a create starts from, which is what its first owner's fields are compared with: nothing for a custom
 * resource, empty `spec` and `status` for a built-in kind that has them.
 */
export function emptyObject(type: ObjectType): JsonObject {
  const { apiVersion, kind } = type
  if (type.structural !== undefined) return { apiVersion, kind }
  const known = STRUCTS[`${apiVersion}/${kind}`]
  if (known !== undefined) return { apiVersion, kind, ...known }
  const out: Record<string, JsonValue> = { apiVersion, kind }
  const fields = type.root.named === undefined ? undefined : type.schema.types.get(type.root.named)?.map?.fields
  for (const name of ['spec', 'status']) if (fields?.has(name) === true) out[name] = {}
  return out
}
