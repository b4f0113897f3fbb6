import type { JsonObject, JsonValue } from '../../util/json.ts'
import { jsonEquals } from '../../util/json.ts'
import { forbiddenField, invalidValue, required } from '../field-error.ts'
import { fieldsOf, listOf } from '../fields.ts'
import type { Cause } from '../refusal.ts'
import { configKey, isIPAddress, portNumber } from './names.ts'
import { protocolCauses, validateService } from './validate-service.ts'

/**
 * What the server checks of the built-in kinds beyond their types, for the fields an operator may write.
 * Source: kubernetes, pkg/apis/core/validation/validation.go.
 */
export function validateCore(object: JsonObject, live: JsonObject | undefined): readonly Cause[] {
  switch (object['kind']) {
    case 'Service':
      return validateService(object, live)
    case 'ConfigMap':
      return validateConfigMap(object, live)
    case 'Secret':
      return validateSecret(object, live)
    case 'Endpoints':
      return validateEndpoints(object)
    default:
      return []
  }
}

function validateConfigMap(object: JsonObject, live: JsonObject | undefined): readonly Cause[] {
  const binary = fieldsOf(object['binaryData'])
  return [
    ...immutableCauses(object, live, ['data', 'binaryData']),
    ...keyCauses('data', object['data']),
    ...Object.keys(fieldsOf(object['data']))
      .filter((key) => Object.hasOwn(binary, key))
      .map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyCauses('binaryData', object['binaryData']),
  ]
}

/** Keys that a Secret of a well-known type must have. */
const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
}

function validateSecret(object: JsonObject, live: JsonObject | undefined): readonly Cause[] {
  const data = fieldsOf(object['data'])
  const type = typeof object['type'] === 'string' ? object['type'] : ''
  const causes: Cause[] = []
  if (live !== undefined && live['type'] !== object['type']) {
    causes.push(invalidValue('type', type, 'field is immutable'))
  }
  return [
    ...causes,
    ...immutableCauses(object, live, ['data']),
    ...keyCauses('data', object['data']),
    ...(SECRET_KEYS[type] ?? []).filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`)),
  ]
}

function immutableCauses(
  object: JsonObject,
  live: JsonObject | undefined,
  fields: readonly string[],
): readonly Cause[] {
  if (live?.['immutable'] !== true) return []
  const why = 'field is immutable when `immutable` is set'
  return [
    ...(object['immutable'] === true ? [] : [forbiddenField('immutable', why)]),
    ...fields
      .filter((field) => !jsonEquals(object[field] ?? {}, live[field] ?? {}))
      .map((field) => forbiddenField(field, why)),
  ]
}

function keyCauses(field: string, data: JsonValue | undefined): readonly Cause[] {
  return Object.keys(fieldsOf(data)).flatMap((key) =>
    configKey(key).map((message) => invalidValue(`${field}[${key}]`, key, message)),
  )
}

function validateEndpoints(object: JsonObject): readonly Cause[] {
  return listOf(object['subsets']).flatMap((subset, index) => {
    const field = `subsets[${index}]`
    const addresses = listOf(subset['addresses'])
    const notReady = listOf(subset['notReadyAddresses'])
    if (addresses.length === 0 && notReady.length === 0) {
      return [required(field, 'must specify `addresses` or `notReadyAddresses`')]
    }
    const ports = listOf(subset['ports'])
    return [
      ...addresses.flatMap((address, i) => addressCauses(address, `${field}.addresses[${i}].ip`)),
      ...notReady.flatMap((address, i) => addressCauses(address, `${field}.notReadyAddresses[${i}].ip`)),
      ...ports.flatMap((port, i) => endpointPortCauses(port, `${field}.ports[${i}]`, ports.length > 1)),
    ]
  })
}

function addressCauses(address: JsonObject, field: string): readonly Cause[] {
  const ip = typeof address['ip'] === 'string' ? address['ip'] : ''
  if (!isIPAddress(ip)) {
    return [
      invalidValue(field, ip, 'must be a valid IP address'),
      invalidValue(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
    ]
  }
  const special = SPECIAL_RANGES.find(({ matches }) => matches(ip))
  return special === undefined ? [] : [invalidValue(field, ip, special.message)]
}

const SPECIAL_RANGES: readonly { readonly matches: (ip: string) => boolean; readonly message: string }[] = [
  { matches: (ip) => ip === '0.0.0.0' || ip === '::', message: 'may not be unspecified' },
  {
    matches: (ip) => ip.startsWith('127.') || ip === '::1',
    message: 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
  },
  {
    matches: (ip) => ip.startsWith('169.254.') || ip.toLowerCase().startsWith('fe80:'),
    message: 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  },
  {
    matches: (ip) => ip.startsWith('224.0.0.') || ip.toLowerCase().startsWith('ff02:'),
    message: 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  },
]

function endpointPortCauses(port: JsonObject, field: string, needsName: boolean): readonly Cause[] {
  const number = port['port'] ?? 0
  return [
    ...(needsName && (port['name'] ?? '') === '' ? [required(`${field}.name`)] : []),
    ...portNumber(number).map((message) => invalidValue(`${field}.port`, number, message)),
    ...protocolCauses(port['protocol'], `${field}.protocol`),
  ]
}
