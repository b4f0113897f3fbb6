export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A colon ends a word in bash: the words are taken from the line, and what stands before a colon is taken off again. */
const BASH = `# bash completion of obol: source <(obol completion bash)
_obol() {
  local line="\${COMP_LINE:0:COMP_POINT}" text brief
  local -a words=() found=()
  read -ra words <<< "$line"
  case "$line" in *[[:space:]]) words+=('') ;; esac
  local cur="\${words[\${#words[@]}-1]}"
  while IFS=$'\\t' read -r text brief; do
    found+=("$text")
  done < <(obol complete -- "\${words[@]:1}" 2> /dev/null)
  local before=''
  case "$cur" in *:*) before="\${cur%"\${cur##*:}"}" ;; esac
  COMPREPLY=()
  for text in "\${found[@]}"; do
    case "$text" in "$cur"*) COMPREPLY+=("\${text#"$before"}") ;; esac
  done
  case "\${#COMPREPLY[@]}:\${COMPREPLY[0]}" in 1:*:) compopt -o nospace 2> /dev/null ;; esac
}
complete -o default -F _obol obol
`

const ZSH = `#compdef obol
# zsh completion of obol: source <(obol completion zsh), or a file _obol in a folder of $fpath
_obol() {
  local text brief
  local -a found
  while IFS=$'\\t' read -r text brief; do
    found+=("\${text//:/\\\\:}:$brief")
  done < <(obol complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)
  if (( \${#found} )); then _describe -t obol obol found; else _files; fi
}
if [ "$funcstack[1]" = _obol ]; then _obol "$@"; else compdef _obol obol; fi
`

const FISH = `# fish completion of obol: obol completion fish | source
function __obol_propose
    set -l words (commandline -opc)
    obol complete -- $words[2..-1] (commandline -ct) 2> /dev/null
end
complete -c obol -a '(__obol_propose)'
`

/** The completion script of a shell. It asks \`obol complete\` each time, so it is never behind the command. */
export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
