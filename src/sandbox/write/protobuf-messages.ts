/** How a field of a message is read; `message` names another entry of the table. */
export type ProtobufField = {
  readonly name: string
  readonly type:
    | 'string'
    | 'bytes'
    | 'int'
    | 'bool'
    | 'time'
    | 'int-or-string'
    | 'fields-v1'
    | { readonly message: string }
  readonly shape?: 'list' | 'map'
}

type Message = Readonly<Record<number, ProtobufField>>

const text = (name: string): ProtobufField => ({ name, type: 'string' })
const texts = (name: string): ProtobufField => ({ name, type: 'string', shape: 'list' })
const textMap = (name: string): ProtobufField => ({ name, type: 'string', shape: 'map' })
const int = (name: string): ProtobufField => ({ name, type: 'int' })
const bool = (name: string): ProtobufField => ({ name, type: 'bool' })
const of = (name: string, message: string): ProtobufField => ({ name, type: { message } })
const listOf = (name: string, message: string): ProtobufField => ({ name, type: { message }, shape: 'list' })

/**
 * Field numbers of the messages that kubectl's own commands send (`create namespace`, `create configmap`, …). A field
 * that is not here is refused, not dropped. Source: k8s.io/api/core/v1/generated.proto,
 * k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto.
 */
export const PROTOBUF_MESSAGES: Readonly<Record<string, Message>> = {
  ObjectMeta: {
    1: text('name'),
    2: text('generateName'),
    3: text('namespace'),
    4: text('selfLink'),
    5: text('uid'),
    6: text('resourceVersion'),
    7: int('generation'),
    8: { name: 'creationTimestamp', type: 'time' },
    9: { name: 'deletionTimestamp', type: 'time' },
    10: int('deletionGracePeriodSeconds'),
    11: textMap('labels'),
    12: textMap('annotations'),
    13: listOf('ownerReferences', 'OwnerReference'),
    14: texts('finalizers'),
    17: listOf('managedFields', 'ManagedFieldsEntry'),
  },
  OwnerReference: {
    1: text('kind'),
    3: text('name'),
    4: text('uid'),
    5: text('apiVersion'),
    6: bool('controller'),
    7: bool('blockOwnerDeletion'),
  },
  ManagedFieldsEntry: {
    1: text('manager'),
    2: text('operation'),
    3: text('apiVersion'),
    4: { name: 'time', type: 'time' },
    6: text('fieldsType'),
    7: { name: 'fieldsV1', type: 'fields-v1' },
    8: text('subresource'),
  },
  Namespace: { 1: of('metadata', 'ObjectMeta'), 2: of('spec', 'NamespaceSpec'), 3: of('status', 'NamespaceStatus') },
  NamespaceSpec: { 1: texts('finalizers') },
  NamespaceStatus: { 1: text('phase') },
  ConfigMap: {
    1: of('metadata', 'ObjectMeta'),
    2: textMap('data'),
    3: { name: 'binaryData', type: 'bytes', shape: 'map' },
    4: bool('immutable'),
  },
  Secret: {
    1: of('metadata', 'ObjectMeta'),
    2: { name: 'data', type: 'bytes', shape: 'map' },
    3: text('type'),
    4: textMap('stringData'),
    5: bool('immutable'),
  },
  Service: { 1: of('metadata', 'ObjectMeta'), 2: of('spec', 'ServiceSpec'), 3: of('status', 'ServiceStatus') },
  ServiceStatus: { 1: of('loadBalancer', 'LoadBalancerStatus') },
  LoadBalancerStatus: {},
  ServiceSpec: {
    1: listOf('ports', 'ServicePort'),
    2: textMap('selector'),
    3: text('clusterIP'),
    4: text('type'),
    5: texts('externalIPs'),
    7: text('sessionAffinity'),
    8: text('loadBalancerIP'),
    9: texts('loadBalancerSourceRanges'),
    10: text('externalName'),
    11: text('externalTrafficPolicy'),
    12: int('healthCheckNodePort'),
    13: bool('publishNotReadyAddresses'),
    14: of('sessionAffinityConfig', 'SessionAffinityConfig'),
    17: text('ipFamilyPolicy'),
    18: texts('clusterIPs'),
    19: texts('ipFamilies'),
    20: bool('allocateLoadBalancerNodePorts'),
    21: text('loadBalancerClass'),
    22: text('internalTrafficPolicy'),
    23: text('trafficDistribution'),
  },
  SessionAffinityConfig: { 1: of('clientIP', 'ClientIPConfig') },
  ClientIPConfig: { 1: int('timeoutSeconds') },
  ServicePort: {
    1: text('name'),
    2: text('protocol'),
    3: int('port'),
    4: { name: 'targetPort', type: 'int-or-string' },
    5: int('nodePort'),
    6: text('appProtocol'),
  },
  DeleteOptions: {
    1: int('gracePeriodSeconds'),
    2: of('preconditions', 'Preconditions'),
    3: bool('orphanDependents'),
    4: text('propagationPolicy'),
    5: texts('dryRun'),
  },
  Preconditions: { 1: text('uid'), 2: text('resourceVersion') },
}
