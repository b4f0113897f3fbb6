import type { ObjectType } from './types.ts'

const typed = new WeakMap<ObjectType, ObjectType>()

/**
 * The type as a server of that version merges it. kube-apiserver 1.36.0 to 1.36.2 carry structured-merge-diff v6.3.2,
 * which keeps a map or list that a removal empties (kubernetes/kubernetes#140173); all others leave null.
 * @param version `/version`.gitVersion, as `v1.36.1`.
 */
export function typeForServer(type: ObjectType, version: string): ObjectType {
  if (!keepsEmptied(version)) return type
  const known = typed.get(type) ?? { ...type, schema: { ...type.schema, keepsEmptied: true as const } }
  typed.set(type, known)
  return known
}

function keepsEmptied(version: string): boolean {
  return /^v?1\.36\.[0-2](?!\d)/.test(version)
}
