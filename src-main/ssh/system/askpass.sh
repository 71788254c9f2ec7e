#!/bin/sh
# What ssh runs to ask a person (SSH_ASKPASS): hands its question to Podglass, which shows it, and its answer to ssh.
# The question is a file, the answer comes through a pipe: it is never on a disk. Made in a folder of 0700, one a login.
# No signal is trapped: ssh ends this with TERM, and a shell that waits runs no trap.
umask 077
dir=${0%/*}
id=$$
kind=${SSH_ASKPASS_PROMPT:-prompt}
mkfifo "$dir/answer.$id" || exit 1
printf '%s\n%s\n' "$kind" "$1" >"$dir/new.$id" || exit 1
mv "$dir/new.$id" "$dir/ask.$id" || exit 1
# Only shown while ssh waits for something else; ssh ends it.
[ "$kind" = none ] && exec sleep 900
# No process of ours may outlive this one: it would hold the pipe to ssh open, and ssh reads to its end.
until [ -e "$dir/ready.$id" ]; do
  kill -0 "$PODGLASS_PID" || exit 1
  sleep 0.2 2>/dev/null || sleep 1
done
IFS= read -r answer <"$dir/answer.$id"
case $answer in
yes:*) printf '%s\n' "${answer#yes:}" ;;
*) exit 1 ;;
esac
