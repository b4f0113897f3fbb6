import { metadataOf } from '../kube/ref.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'

/**
 * The static defaults the API server fills into Service, Endpoints, Secret, Namespace and CustomResourceDefinition (a
 * ConfigMap has none); other kinds come back as they are. What is allocated (cluster IPs, node ports, IP families) is
 * not a static default. Source: kubernetes pkg/apis/core/v1/defaults.go and conversion.go,
 * pkg/registry/core/namespace/strategy.go; apiextensions-apiserver, pkg/apis/apiextensions/v1/defaults.go.
 */
export function coreDefaults(object: JsonObject): JsonObject {
  if (object['apiVersion'] === 'apiextensions.k8s.io/v1') return crdDefaults(object)
  if (object['apiVersion'] !== 'v1') return object
  switch (object['kind']) {
    case 'Service':
      return serviceDefaults(object)
    case 'Endpoints':
      return endpointsDefaults(object)
    case 'Secret':
      return secretDefaults(object)
    case 'Namespace':
      return namespaceDefaults(object)
    default:
      return object
  }
}

function serviceDefaults(service: JsonObject): JsonObject {
  const { sessionAffinityConfig, ...spec } = fieldsOf(service['spec'])
  const type = filled(spec['type']) ? spec['type'] : 'ClusterIP'
  const affinity = filled(spec['sessionAffinity']) ? spec['sessionAffinity'] : 'None'
  const reachedFromOutside = type === 'NodePort' || type === 'LoadBalancer'
  const hasExternalIPs = isJsonArray(spec['externalIPs']) && spec['externalIPs'].length > 0
  const out: JsonObject = {
    ...spec,
    ...(isJsonArray(spec['ports']) ? { ports: spec['ports'].map(servicePortDefaults) } : {}),
    type,
    sessionAffinity: affinity,
    // Without affinity the server drops its configuration, whoever set it.
    ...(affinity === 'ClientIP' ? { sessionAffinityConfig: clientIpDefaults(sessionAffinityConfig) } : {}),
    ...(reachedFromOutside || hasExternalIPs ? orDefault(spec, 'externalTrafficPolicy', 'Cluster') : {}),
    ...(type === 'ExternalName' ? {} : orDefault(spec, 'internalTrafficPolicy', 'Cluster')),
    ...(type === 'LoadBalancer' ? orDefault(spec, 'allocateLoadBalancerNodePorts', true) : {}),
  }
  const status = fieldsOf(service['status'])
  const balancer = fieldsOf(status['loadBalancer'])
  return {
    ...service,
    spec: out,
    status: { ...status, loadBalancer: type === 'LoadBalancer' ? balancerDefaults(balancer) : balancer },
  }
}

function balancerDefaults(balancer: JsonObject): JsonObject {
  const ingress = balancer['ingress']
  if (!isJsonArray(ingress)) return balancer
  const out = ingress.map((item) =>
    isJsonObject(item) && filled(item['ip']) ? { ...item, ...orDefault(item, 'ipMode', 'VIP') } : item,
  )
  return { ...balancer, ingress: out }
}

function servicePortDefaults(port: JsonValue): JsonValue {
  if (!isJsonObject(port)) return port
  const target = port['targetPort']
  return {
    ...port,
    protocol: filled(port['protocol']) ? port['protocol'] : 'TCP',
    targetPort: filled(target) && target !== 0 ? target : (port['port'] ?? 0),
  }
}

function clientIpDefaults(config: JsonValue | undefined): JsonObject {
  const clientIp = fieldsOf(fieldsOf(config)['clientIP'])
  return { ...fieldsOf(config), clientIP: { ...clientIp, ...orDefault(clientIp, 'timeoutSeconds', 10800) } }
}

function endpointsDefaults(endpoints: JsonObject): JsonObject {
  const subsets = endpoints['subsets']
  if (!isJsonArray(subsets)) return endpoints
  const out = subsets.map((subset) => {
    if (!isJsonObject(subset) || !isJsonArray(subset['ports'])) return subset
    const ports = subset['ports'].map((port) =>
      isJsonObject(port) ? { ...port, protocol: filled(port['protocol']) ? port['protocol'] : 'TCP' } : port,
    )
    return { ...subset, ports }
  })
  return { ...endpoints, subsets: out }
}

function secretDefaults(secret: JsonObject): JsonObject {
  const { stringData, ...rest } = secret
  const type = filled(secret['type']) ? secret['type'] : 'Opaque'
  if (!isJsonObject(stringData)) return { ...rest, type }
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(typeof value === 'string' ? value : '', 'utf8').toString('base64'),
  ])
  return { ...rest, data: { ...fieldsOf(secret['data']), ...Object.fromEntries(encoded) }, type }
}

function namespaceDefaults(namespace: JsonObject): JsonObject {
  const metadata = metadataOf(namespace)
  const name = metadata['name']
  const labels = typeof name === 'string' && name !== '' ? { 'kubernetes.io/metadata.name': name } : {}
  const spec = fieldsOf(namespace['spec'])
  const status = fieldsOf(namespace['status'])
  return {
    ...namespace,
    metadata: { ...metadata, labels: { ...fieldsOf(metadata['labels']), ...labels } },
    spec: { ...spec, ...orDefault(spec, 'finalizers', ['kubernetes']) },
    status: { ...status, ...orDefault(status, 'phase', 'Active') },
  }
}

function crdDefaults(crd: JsonObject): JsonObject {
  const spec = fieldsOf(crd['spec'])
  if (crd['kind'] !== 'CustomResourceDefinition') return crd
  const names = fieldsOf(spec['names'])
  const kind = typeof names['kind'] === 'string' ? names['kind'] : ''
  const derived =
    kind === ''
      ? {}
      : { ...orDefault(names, 'listKind', `${kind}List`), ...orDefault(names, 'singular', kind.toLowerCase()) }
  return {
    ...crd,
    spec: { ...spec, names: { ...names, ...derived }, ...orDefault(spec, 'conversion', { strategy: 'None' }) },
  }
}

function orDefault(fields: JsonObject, key: string, value: JsonValue): JsonObject {
  const present = fields[key]
  return { [key]: present === undefined || present === null || present === '' ? value : present }
}

function filled(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null && value !== ''
}

function fieldsOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
