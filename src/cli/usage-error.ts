import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from '@stricli/core'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'

/** An unknown word where a command was expected; `corrections` are the nearest names. */
export function unknownCommand(input: string, corrections: readonly string[]): ObolError {
  const names = corrections.map((name) => name.replaceAll('`', ''))
  return new ObolError(USAGE_ERRORS.UNKNOWN_COMMAND, {
    message: `there is no command ${quote(input)}${didYouMean(names)}`,
    hint: names.length === 1 ? `obol ${names[0]} --help` : 'obol --help',
  })
}

/** One mistake that stricli found among the arguments of `command` (`obol validate`), in our words. */
export function argumentError(error: unknown, command: string): ObolError {
  const hint = `${command} --help`
  if (error instanceof FlagNotFoundError) {
    const corrections = error.corrections.map((name) => `--${name.replace(/^-+/, '')}`)
    const flag = error.aliasName === undefined ? `--${error.input}` : `-${error.aliasName}`
    return new ObolError(USAGE_ERRORS.UNKNOWN_FLAG, {
      message: `there is no flag ${flag}${didYouMean(corrections)}`,
      hint,
    })
  }
  if (error instanceof AliasNotFoundError) {
    return new ObolError(USAGE_ERRORS.UNKNOWN_FLAG, { message: `there is no flag -${error.input}`, hint })
  }
  return (
    valueError(error, hint) ?? new ObolError(USAGE_ERRORS.BAD_VALUE, { message: messageOf(error), hint, cause: error })
  )
}

function valueError(error: unknown, hint: string): ObolError | undefined {
  if (error instanceof ArgumentParseError) {
    const name = error.externalFlagNameOrPlaceholder
    return new ObolError(USAGE_ERRORS.BAD_VALUE, {
      message: `${quote(error.input)} does not fit ${nameOf(name)}: ${messageOf(error.exception)}`,
      hint,
    })
  }
  if (error instanceof EnumValidationError) {
    const message = `${quote(error.input)} does not fit --${error.externalFlagName}: one of ${error.values.join(', ')}`
    return new ObolError(USAGE_ERRORS.BAD_VALUE, { message, hint })
  }
  if (error instanceof InvalidNegatedFlagSyntaxError) {
    return new ObolError(USAGE_ERRORS.BAD_VALUE, { message: `--${error.externalFlagName} takes no value`, hint })
  }
  if (error instanceof UnexpectedFlagError) {
    const message = `--${error.externalFlagName} was given twice: ${quote(error.previousInput)} and ${quote(error.input)}`
    return new ObolError(USAGE_ERRORS.BAD_VALUE, { message, hint })
  }
  if (error instanceof UnsatisfiedFlagError) {
    return new ObolError(USAGE_ERRORS.MISSING_VALUE, { message: `--${error.externalFlagName} needs a value`, hint })
  }
  if (error instanceof UnsatisfiedPositionalError) {
    return new ObolError(USAGE_ERRORS.MISSING_VALUE, { message: `the argument ${error.placeholder} is missing`, hint })
  }
  if (error instanceof UnexpectedPositionalError) {
    const message = `${quote(error.input)} is one argument too many: the command takes ${error.expectedCount}`
    return new ObolError(USAGE_ERRORS.TOO_MANY_ARGUMENTS, { message, hint })
  }
  return undefined
}

// Flags arrive in kebab-case, placeholders of arguments in capitals.
function nameOf(flagOrPlaceholder: string): string {
  return /^[A-Z]/.test(flagOrPlaceholder) ? flagOrPlaceholder : `--${flagOrPlaceholder}`
}

function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.join(' or ')}?`
}

function quote(text: string): string {
  return JSON.stringify(text)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
