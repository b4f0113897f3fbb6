import { isJsonObject, type JsonArray, type JsonValue } from '../util/json.ts'

/**
 * `status.registrations` of an AgentIdentity with one entry for the chain, the agentId a decimal string; entries of other
 * chains keep their place. The list itself is not changed. Pure.
 */
export function withRegistration(registrations: JsonArray, chain: string, agentId: string): JsonArray {
  const entry = { chain, agentId }
  const at = registrations.findIndex((item) => isOfChain(item, chain))
  if (at < 0) return [...registrations, entry]
  return registrations.flatMap((item, i) => {
    if (i !== at) return isOfChain(item, chain) ? [] : [item]
    return [isJsonObject(item) ? { ...item, ...entry } : entry]
  })
}

/** The agentId that `status.registrations` has for the chain; undefined when there is none. */
export function registrationOf(registrations: JsonArray, chain: string): string | undefined {
  const entry = registrations.find((item) => isOfChain(item, chain))
  const agentId = isJsonObject(entry) ? entry['agentId'] : undefined
  return typeof agentId === 'string' ? agentId : undefined
}

function isOfChain(item: JsonValue, chain: string): boolean {
  return isJsonObject(item) && item['chain'] === chain
}
