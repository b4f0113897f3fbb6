/** Named values that expressions see: `inputs`, `github`, `secrets`, `steps` … Text everywhere, as on GitHub. */
export type Contexts = { readonly [name: string]: string | Contexts }

/** How the job stands, for `always()` and the like. */
export type Status = 'success' | 'failure'

type Value = string | boolean

/**
 * The value of an expression of GitHub Actions: references, quoted text, `==`, `!=`, `!`, `&&`, `||`, parentheses and the four
 * functions about the job's status. Throws for everything else, and for a reference to nothing known, so that a workflow that
 * GitHub would read otherwise does not pass. Source: GitHub docs, "Evaluate expressions in workflows and actions".
 */
export function evaluate(source: string, contexts: Contexts, status: Status): Value {
  const tokens = [...source.matchAll(/\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w-]*(?:\.[\w-]+)*)|(==|!=|&&|\|\||[!()]))/gy)]
  const read = tokens.reduce((sum, [text]) => sum + text.length, 0)
  if (source.slice(read).trim() !== '') throw new Error(`cannot read the expression: ${source}`)
  const words = tokens.map(([text]) => text.trim())
  const next = (): string | undefined => words.shift()
  const take = (word: string): boolean => words[0] === word && next() !== undefined

  const or = (): Value => {
    let left = and()
    while (take('||')) {
      const right = and()
      left = truth(left) ? left : right
    }
    return left
  }
  const and = (): Value => {
    let left = equality()
    while (take('&&')) {
      const right = equality()
      left = truth(left) ? right : left
    }
    return left
  }
  const equality = (): Value => {
    const left = unary()
    if (take('==')) return left === unary()
    return take('!=') ? left !== unary() : left
  }
  const unary = (): Value => (take('!') ? !truth(unary()) : primary())
  const primary = (): Value => {
    const word = next()
    if (word === undefined) throw new Error(`the expression ends early: ${source}`)
    if (word === '(') {
      const inner = or()
      if (!take(')')) throw new Error(`a parenthesis is open: ${source}`)
      return inner
    }
    if (word.startsWith("'")) return word.slice(1, -1).replaceAll("''", "'")
    return take('(') ? called(word, take(')'), status) : referred(word, contexts)
  }
  const value = or()
  if (words.length > 0) throw new Error(`cannot read the expression: ${source}`)
  return value
}

/** A text with every `${{ … }}` in it replaced. */
export function interpolate(text: string, contexts: Contexts, status: Status = 'success'): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, source: string) => String(evaluate(source, contexts, status)))
}

/** Whether a step runs; without a condition, or with one that says nothing of the status, only while all went well. */
export function isMet(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const source = (condition ?? 'success()').replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1')
  const met = truth(evaluate(source, contexts, status))
  return /\b(always|failure|cancelled|success)\(/.test(source) ? met : met && status === 'success'
}

function truth(value: Value): boolean {
  return value !== '' && value !== false
}

function called(name: string, isClosed: boolean, status: Status): Value {
  if (!isClosed) throw new Error(`${name}() takes no arguments here`)
  switch (name) {
    case 'always':
      return true
    case 'cancelled':
      return false
    case 'success':
    case 'failure':
      return status === name
    default:
      throw new Error(`no function ${name}()`)
  }
}

/** Secrets and outputs that are not there are empty; other names are mistakes. */
function referred(path: string, contexts: Contexts): string {
  const [context = '', ...names] = path.split('.')
  let value: string | Contexts | undefined = contexts[context]
  for (const name of names) value = typeof value === 'object' ? value[name] : undefined
  if (typeof value === 'string') return value
  if (value === undefined && (context === 'secrets' || context === 'vars' || names.at(-2) === 'outputs')) return ''
  throw new Error(`nothing is known of ${path}`)
}
