import { COMPLETE_COMMAND, FILES } from './complete-words.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

// The scripts ask the program for each completion, so that the plugins of the folder's configuration count as well.

// For bash 3.2 (macOS) and later. COMP_WORDS is split at `=` and `:` too: the words are read from the line, and of each
// answer only what comes after the last such character is given back, that being what readline replaces.
const bash = `_sheaf() {
  local line="\${COMP_LINE:0:\${COMP_POINT}}" words current kept="" word rest
  read -r -a words <<< "\${line}"
  while [[ \${#words[@]} -gt 1 && "\${words[0]}" != "$1" ]]; do words=("\${words[@]:1}"); done
  [[ "\${line}" == *[[:space:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  [[ "\${current}" == *[=:]* && "\${COMP_WORDBREAKS}" == *[=:]* ]] && kept="\${current%"\${current##*[=:]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r word rest; do
    if [[ "\${word}" == "${FILES}" ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("\${word}"); done < <(compgen -f -- "\${current#"\${kept}"}")
    else
      COMPREPLY+=("\${word#"\${kept}"}")
    fi
  done < <("$1" ${COMPLETE_COMMAND} "\${words[@]:1}" 2>/dev/null)
}
complete -F _sheaf sheaf
`;

const zsh = `#compdef sheaf
_sheaf() {
  local -a answers described
  local line word
  answers=("\${(@f)$("\${words[1]}" ${COMPLETE_COMMAND} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${answers[@]}"; do
    [[ -z "\${line}" ]] && continue
    word="\${line%%$'\\t'*}"
    if [[ "\${word}" == "${FILES}" ]]; then
      [[ "\${words[CURRENT]}" == --*=* ]] && compset -P '*='
      _files
    else
      described+=("\${word//:/\\\\:}\${\${line#"\${word}"}/#$'\\t'/:}")
    fi
  done
  (( \${#described} )) && _describe -V sheaf described
}
if [[ "\${funcstack[1]}" == _sheaf ]]; then _sheaf "$@"; else compdef _sheaf sheaf; fi
`;

const fish = `function __sheaf_complete
  set -l words (commandline --current-process --tokenize --cut-at-cursor)
  set -l current (commandline --current-token --cut-at-cursor)
  for line in ($words[1] ${COMPLETE_COMMAND} $words[2..] "$current" 2>/dev/null)
    if test "$line" = "${FILES}"
      __fish_complete_path "$current"
    else
      printf '%s\\n' "$line"
    end
  end
end
complete --command sheaf --no-files --arguments '(__sheaf_complete)'
`;

/** The script of each shell that completes the words of `sheaf`. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
