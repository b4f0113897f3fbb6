import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'

/**
 * Clears the fields of a Service that its new type has no use for, where the request left them as they were.
 * Source: kubernetes, pkg/registry/core/service/strategy.go dropTypeDependentFields.
 */
export function dropDependentFields(service: JsonObject, live: JsonObject): JsonObject {
  const spec = fieldsOf(service['spec'])
  const before = fieldsOf(live['spec'])
  const loses = (needs: (of: JsonObject) => boolean): boolean => needs(before) && !needs(spec)
  const dropped = new Set<string>()
  const drop = (...fields: readonly string[]): void => {
    for (const field of fields) if (jsonEquals(spec[field] ?? null, before[field] ?? null)) dropped.add(field)
  }
  if (loses(needsClusterIp)) drop('clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy')
  if (loses(needsClusterIp)) drop('internalTrafficPolicy')
  if (loses(needsBalancer)) drop('allocateLoadBalancerNodePorts', 'loadBalancerClass', 'healthCheckNodePort')
  if (loses(needsExternalTraffic)) drop('externalTrafficPolicy')
  const kept = Object.entries(spec).filter(([key]) => !dropped.has(key))
  const ports = loses(needsNodePort) ? withoutNodePorts(spec['ports'], before['ports']) : spec['ports']
  const out = { ...Object.fromEntries(kept), ...(ports === undefined ? {} : { ports }) }
  return { ...service, spec: out }
}

function needsClusterIp(spec: JsonObject): boolean {
  return spec['type'] !== 'ExternalName'
}

function needsNodePort(spec: JsonObject): boolean {
  return spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer'
}

function needsBalancer(spec: JsonObject): boolean {
  return spec['type'] === 'LoadBalancer'
}

function needsExternalTraffic(spec: JsonObject): boolean {
  return needsNodePort(spec) || (isJsonArray(spec['externalIPs']) && spec['externalIPs'].length > 0)
}

/** Node ports go when none of them was changed. */
function withoutNodePorts(ports: JsonValue | undefined, before: JsonValue | undefined): JsonValue | undefined {
  const old = new Set(listOf(before).map((port) => port['nodePort']))
  const isChanged = listOf(ports).some((port) => port['nodePort'] !== undefined && !old.has(port['nodePort']))
  if (isChanged || !isJsonArray(ports)) return ports
  return listOf(ports).map(({ nodePort: _, ...port }) => port)
}

const NO_FIELDS: JsonObject = {}

function fieldsOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : NO_FIELDS
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}
