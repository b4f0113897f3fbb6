import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'

/**
 * True when a ServiceOffer's spec asks for an identity and there is an address to register: a base URL that is not empty,
 * and a registration block whose `enabled` is the boolean true.
 */
export function shouldRegister(spec: JsonObject, baseUrl: string | undefined): boolean {
  return baseUrl !== undefined && baseUrl.trim() !== '' && isRegistrationEnabled(spec)
}

/** True when a ServiceOffer's spec has a registration block whose `enabled` is the boolean true. */
export function isRegistrationEnabled(spec: JsonObject): boolean {
  const { registration } = spec
  return isJsonObject(registration) && registration['enabled'] === true
}
