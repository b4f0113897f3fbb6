import type { JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Path } from './source.ts'

/** A path as people write it: `spec.payments[1].price`, `metadata.labels["a.b/c"]`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step.length > 64 ? `${step.slice(0, 64)}…` : step)}]`
  }
  return text
}

/** The path of a JSON pointer (RFC 6901) into a value, which tells indexes from keys. */
export function pathOfPointer(pointer: string, value: JsonValue): Path {
  const path: (string | number)[] = []
  let at: JsonValue | undefined = value
  for (const escaped of pointer.split('/').slice(1)) {
    const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    if (isJsonArray(at)) {
      path.push(Number(step))
      at = at[Number(step)]
    } else {
      path.push(step)
      at = isJsonObject(at) ? at[step] : undefined
    }
  }
  return path
}
