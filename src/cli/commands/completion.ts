// leakviz completion: a script for the shell, which asks leakviz itself what may follow.
import { LeakvizError } from '../../errors.ts';
import { completionQuestion } from '../completion-question.ts';
import { print } from '../terminal.ts';
import type { Command } from './command.ts';

/** Files are offered by the shell, where leakviz has nothing to say. */
const scripts = {
  bash: `# leakviz completion for bash. In ~/.bashrc:  source <(leakviz completion bash)
_leakviz() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  local words
  words=$(leakviz ${completionQuestion} "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  if [[ \${#COMPREPLY[@]} == 0 && $word != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -o bashdefault -F _leakviz leakviz
`,
  zsh: `#compdef leakviz
# leakviz completion for zsh. In ~/.zshrc, after compinit:  source <(leakviz completion zsh)
_leakviz() {
  local -a found
  found=(\${(f)"$(leakviz ${completionQuestion} "\${(@)words[1,CURRENT]}" 2>/dev/null)"})
  found=(\${found%%:*})
  if (( \${#found} )); then
    compadd -a found
  elif [[ \${words[CURRENT]} != -* ]]; then
    _files
  fi
}
compdef _leakviz leakviz
`,
  fish: `# leakviz completion for fish. Write it to ~/.config/fish/completions/leakviz.fish
function __leakviz_complete
    set -l word (commandline -ct)
    set -l found (leakviz ${completionQuestion} (commandline -opc) "$word" 2>/dev/null | string replace -r ':.*' '')
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else if not string match -q -- '-*' "$word"
        __fish_complete_path "$word"
    end
end
complete -c leakviz -f -a '(__leakviz_complete)'
`,
} as const;

type Shell = keyof typeof scripts;
const shells = Object.keys(scripts) as Shell[];

export const completion: Command = {
  name: 'completion',
  options: {},
  missing: { text: 'no shell was given', example: 'leakviz completion bash' },
  add(yargs) {
    return yargs.command(
      'completion <shell>',
      'Print a script that completes commands and options in a shell',
      (builder) =>
        builder
          .positional('shell', { type: 'string', describe: `${shells.join(', ')}` })
          .example('source <($0 completion bash)', 'in ~/.bashrc; the same for zsh in ~/.zshrc')
          .example('$0 completion fish', 'into ~/.config/fish/completions/leakviz.fish'),
      (args) => printScript(String(args.shell)),
    ) as typeof yargs;
  },
};

function printScript(shell: string): void {
  const known = shells.find((one) => one === shell);
  if (!known) {
    throw new LeakvizError('usage', `completion: expected ${shells.join(', ')}, found '${shell}'`, {
      hint: 'Such as: leakviz completion bash',
    });
  }
  print(scripts[known]);
}
