import { type KindKey, kindKey } from '../kube/ref.ts'
import type { SchemaCache } from './openapi-cache.ts'

/** How a kind's URLs look. */
export type Place = { readonly plural: string; readonly namespaced: boolean }

const OBOL: Readonly<Record<KindKey, Place>> = {
  'obol.org/v1alpha1/ServiceOffer': { plural: 'serviceoffers', namespaced: true },
  'obol.org/v1alpha1/AgentIdentity': { plural: 'agentidentities', namespaced: true },
}

const BUILT_IN: Readonly<Record<KindKey, Place>> = {
  ...OBOL,
  'v1/Service': { plural: 'services', namespaced: true },
  'v1/Endpoints': { plural: 'endpoints', namespaced: true },
  'v1/ConfigMap': { plural: 'configmaps', namespaced: true },
  'v1/Secret': { plural: 'secrets', namespaced: true },
  'v1/Namespace': { plural: 'namespaces', namespaced: false },
  'apiextensions.k8s.io/v1/CustomResourceDefinition': { plural: 'customresourcedefinitions', namespaced: false },
}

/**
 * Where the kind's objects most likely are, so that reading them need not wait for the schemas; to be checked against
 * the schema when it is there.
 */
export async function knownPlace(
  kind: { readonly apiVersion: string; readonly kind: string },
  cache: SchemaCache,
): Promise<Place | undefined> {
  return BUILT_IN[kindKey(kind)] ?? (await cache.lastSeen(kind))
}
