import type { JsonObject, JsonValue } from '../../util/json.ts'
import { jsonEquals } from '../../util/json.ts'
import { duplicate, invalidValue, notSupported, required } from '../field-error.ts'
import { fieldsOf, listOf } from '../fields.ts'
import type { Cause } from '../refusal.ts'
import { dns1123Label, dns1123Subdomain, portName, portNumber } from './names.ts'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

/** Source: kubernetes, pkg/apis/core/validation/validation.go ValidateService and ValidateServiceUpdate. */
export function validateService(object: JsonObject, live: JsonObject | undefined): readonly Cause[] {
  const spec = fieldsOf(object['spec'])
  const type = spec['type'] ?? ''
  const ports = listOf(spec['ports'])
  const needsPorts = type !== 'ExternalName' && spec['clusterIP'] !== 'None'
  return [
    ...immutableClusterIp(spec, fieldsOf(live?.['spec'])),
    ...(needsPorts && ports.length === 0 ? [required('spec.ports')] : []),
    ...ports.flatMap((port, index) => portCauses(port, `spec.ports[${index}]`, ports.length > 1)),
    ...duplicateNames(ports),
    ...duplicatePorts(ports),
    ...(TYPES.some((known) => known === type) ? [] : [notSupported('spec.type', type, TYPES)]),
    ...affinityCauses(spec),
    ...(type === 'ExternalName' ? externalNameCauses(spec) : []),
    ...ingressCauses(fieldsOf(fieldsOf(object['status'])['loadBalancer'])['ingress']),
  ]
}

function immutableClusterIp(spec: JsonObject, before: JsonObject): readonly Cause[] {
  const old = before['clusterIP'] ?? ''
  const now = spec['clusterIP'] ?? ''
  const isAllocated = before['type'] !== 'ExternalName' && spec['type'] !== 'ExternalName'
  if (old === '' || now === old || !isAllocated) return []
  return [invalidValue('spec.clusterIPs[0]', spec['clusterIPs'] ?? [now], 'may not change once set')]
}

function portCauses(port: JsonObject, field: string, needsName: boolean): readonly Cause[] {
  const number = port['port'] ?? 0
  const target = port['targetPort'] ?? 0
  const name = port['name'] ?? ''
  const targetProblems = typeof target === 'string' ? portName(target) : portNumber(target)
  return [
    ...(needsName && name === '' ? [required(`${field}.name`)] : []),
    ...(typeof name === 'string' && name !== '' ? dns1123Label(name) : []).map((message) =>
      invalidValue(`${field}.name`, name, message),
    ),
    ...portNumber(number).map((message) => invalidValue(`${field}.port`, number, message)),
    ...protocolCauses(port['protocol'], `${field}.protocol`),
    ...targetProblems.map((message) => invalidValue(`${field}.targetPort`, target, message)),
  ]
}

/** `protocol` of a port of a Service or of Endpoints. */
export function protocolCauses(protocol: JsonValue | undefined, field: string): readonly Cause[] {
  if (protocol === undefined || protocol === '') return [required(field)]
  return PROTOCOLS.some((known) => known === protocol) ? [] : [notSupported(field, protocol, PROTOCOLS)]
}

function duplicateNames(ports: readonly JsonObject[]): readonly Cause[] {
  const seen = new Set<JsonValue>()
  return ports.flatMap((port, index) => {
    const name = port['name'] ?? ''
    const isRepeated = name !== '' && seen.has(name)
    seen.add(name)
    return isRepeated ? [duplicate(`spec.ports[${index}].name`, name)] : []
  })
}

function duplicatePorts(ports: readonly JsonObject[]): readonly Cause[] {
  const seen = new Set<string>()
  return ports.flatMap((port, index) => {
    const key = `${String(port['protocol'])}/${String(port['port'])}`
    const isRepeated = seen.has(key)
    seen.add(key)
    // The value is Go's own struct, with only protocol and port taken over.
    const value = {
      Name: '',
      Protocol: port['protocol'] ?? '',
      AppProtocol: null,
      Port: port['port'] ?? 0,
      TargetPort: 0,
      NodePort: 0,
    }
    return isRepeated ? [duplicate(`spec.ports[${index}]`, value)] : []
  })
}

function affinityCauses(spec: JsonObject): readonly Cause[] {
  const affinity = spec['sessionAffinity'] ?? ''
  const known = ['ClientIP', 'None']
  return known.some((item) => jsonEquals(item, affinity)) ? [] : [notSupported('spec.sessionAffinity', affinity, known)]
}

function ingressCauses(ingress: JsonValue | undefined): readonly Cause[] {
  return listOf(ingress).flatMap((item, index) => {
    const hasMode = (item['ipMode'] ?? '') !== ''
    const field = `status.loadBalancer.ingress[${index}].ipMode`
    return (item['ip'] ?? '') === '' || hasMode ? [] : [required(field, 'must be specified when `ip` is set')]
  })
}

function externalNameCauses(spec: JsonObject): readonly Cause[] {
  const name = spec['externalName'] ?? ''
  if (typeof name !== 'string' || name === '') return [required('spec.externalName')]
  const bare = name.endsWith('.') ? name.slice(0, -1) : name
  return dns1123Subdomain(bare).map((message) => invalidValue('spec.externalName', name, message))
}
