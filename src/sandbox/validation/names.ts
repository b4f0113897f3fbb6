import { isIP } from 'node:net'

/** Messages of the name rules of Kubernetes; empty when the value is good. Source: apimachinery, util/validation. */
export type NameRule = (value: string) => readonly string[]

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

export const dns1123Subdomain: NameRule = (value) => [
  ...(Buffer.byteLength(value) > 253 ? ['must be no more than 253 bytes'] : []),
  ...unless(
    SUBDOMAIN,
    value,
    `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
  ),
]

export const dns1123Label: NameRule = (value) => [
  ...(Buffer.byteLength(value) > 63 ? ['must be no more than 63 bytes'] : []),
  ...unless(
    LABEL,
    value,
    `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
  ),
]

/** A label or annotation key: an optional DNS prefix and a name. */
export const qualifiedName: NameRule = (value) => {
  const parts = value.split('/')
  const nameWords =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  const example = `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`
  if (parts.length > 2) {
    return [
      `a qualified name ${nameWords} ${example} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const name = parts.at(-1) ?? ''
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined
  return [
    ...(prefix === '' ? ['prefix part must be non-empty'] : []),
    ...(prefix === undefined || prefix === ''
      ? []
      : dns1123Subdomain(prefix).map((message) => `prefix part ${message}`)),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...(name.length > 63 ? ['name part must be no more than 63 bytes'] : []),
    ...unless(QUALIFIED, name, `name part ${nameWords} ${example}`),
  ]
}

export const labelValue: NameRule = (value) => [
  ...(value.length > 63 ? ['must be no more than 63 bytes'] : []),
  ...unless(
    `(${QUALIFIED})?`,
    value,
    `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${QUALIFIED})?')`,
  ),
]

/** A key of a ConfigMap or Secret. */
export const configKey: NameRule = (value) => [
  ...(value.length > 253 ? ['must be no more than 253 bytes'] : []),
  ...unless(
    '[-._a-zA-Z0-9]+',
    value,
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  ),
  ...(value === '.' || value === '..' ? [`must not be '${value}'`] : []),
]

/** A named port (IANA_SVC_NAME). */
export const portName: NameRule = (value) => [
  ...(value.length > 15 ? ['must be no more than 15 characters'] : []),
  ...(/^[-a-z0-9]+$/.test(value) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(value) ? [] : ['must contain at least one letter (a-z)']),
  ...(value.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(value.startsWith('-') || value.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
]

export const portNumber = (value: unknown): readonly string[] =>
  typeof value === 'number' && value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive']

export function isIPAddress(value: string): boolean {
  return isIP(value) !== 0
}

function unless(pattern: string, value: string, message: string): readonly string[] {
  return new RegExp(`^${pattern}$`).test(value) ? [] : [message]
}
