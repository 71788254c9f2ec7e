# What may never answer is read by a child, with a deadline. /proc/PID/cmdline and smaps_rollup take a process's mmap lock
# (fs/proc/base.c, task_mmu.c); a record may lie on a mount whose server is gone. Such a wait ends with a signal from
# outside (mmap_read_lock_killable) or not at all (a request that a FUSE server has taken: fs/fuse/dev.c), never by an
# alarm of one's own. So nobody waits for such a child, and it has none of our pipes: an sshd would wait for those.
our %mine;    # pids of the probe's own
our ($stall, $patience, $most_stuck) = (0.4, 3, 16);    # seconds: then another goes on with the rest; then it is given up
my @left;

sub clock { return (split ' ', one('/proc/uptime') || '0')[0] }
sub start_child {
  my ($work, $at) = @_;
  pipe my $from, my $into or return undef;
  # Where it is shows in the offset of a file that is open in both: telling it would cost two switches a job.
  sysopen my $place, $^X, $quiet or return undef;
  sysseek $place, $at, 0;
  my $pid = fork;
  return undef if !defined $pid;
  if ($pid) { $mine{$pid} = 1; return {from => $from, pid => $pid, place => $place, text => ''} }
  open STDIN, '<', '/dev/null';
  open STDOUT, '>', '/dev/null';
  open STDERR, '>', '/dev/null';
  close $from;
  @left = ();
  $work->($into, $place);
  kill KILL => $$;    # nothing of the parent's is flushed or destroyed a second time
}
sub hand_over {
  my ($into, $text) = @_;
  for (my $at = 0; $at < length $text;) { my $sent = syswrite $into, $text, length($text) - $at, $at; last if !$sent; $at += $sent }
}
# Does jobs 0 .. $count - 1 in a child: $job->(number) gives a text, $got->(number, text) has it. Gives those that did not
# answer, as number => the child that still waits (0: none does), and those that were then not asked. Several wait at
# once, so many cost little more than one. $keep: who does not answer is let wait, which tells when it does.
sub ask {
  my ($count, $job, $got, $keep) = @_;
  my (@child, @decided, %silent);
  my $open = $count;
  my $decide = sub { return $decided[$_[0]]++ ? 0 : $open-- };
  while ($open) {
    my @todo;
    if ((!@child || $child[-1]{stalled}) && keys(%silent) + @child <= $most_stuck) {
      my %other = map { $_->{at} => 1 } @child;
      @todo = grep { !$decided[$_] && !$other{$_} } 0 .. $count - 1;
    }
    if (@todo) {
      my $child = start_child(sub {
        my ($into, $place) = @_;
        my $text = '';
        for my $at (@todo) {
          sysseek $place, $at, 0;
          my $said = $job->($at);
          $said = '' if !defined $said;
          $text .= "$at " . length($said) . "\n" . $said;
          if (length $text > 30000) { hand_over($into, $text); $text = '' }
        }
        hand_over($into, $text);
      }, $todo[0]);
      last if !defined $child;
      ($child->{at}, $child->{since}) = ($todo[0], clock());
      push @child, $child;
    }
    last if !@child;
    my $wait = '';
    vec($wait, fileno $_->{from}, 1) = 1 for @child;
    select my $ready = $wait, undef, undef, 0.1;
    my $now = clock();
    for my $child (splice @child) {
      my $at = (sysseek $child->{place}, 0, 1) + 0;
      my $heard = vec $ready, fileno $child->{from}, 1;
      my $ended = $heard && !sysread $child->{from}, $child->{text}, 1048576, length $child->{text};
      while ($child->{text} =~ /\A(\d+) (\d+)\n/ && length $child->{text} >= $+[0] + $2) {
        my ($number, $size, $head) = ($1, $2, $+[0]);
        $got->($number, substr $child->{text}, $head, $size) if $decide->($number);
        substr $child->{text}, 0, $head + $size, '';
      }
      $child->{stalled} = 0 if $at != $child->{at};
      ($child->{at}, $child->{since}) = ($at, $now) if $heard || $at != $child->{at};
      if ($ended) {
        waitpid $child->{pid}, 0;
        $silent{$at} = 0 if $decide->($at);    # somebody ended it there; the rest is another's
        next;
      }
      my $silence = $now - $child->{since};
      if ($silence >= $patience && $decide->($at)) { $silent{$at} = dismiss($child, $keep); next }
      if ($silence >= $stall && !$child->{stalled}) { $child->{stalled} = 1 }
      push @child, $child;
    }
  }
  dismiss($_) for @child;
  return (\%silent, [grep { !$decided[$_] } 0 .. $count - 1]);
}
# Gives its pid where it cannot be ended now.
sub dismiss {
  my ($child, $keep) = @_;
  kill KILL => $child->{pid} if !$keep;
  close $child->{from};
  for (1 .. 3) { return 0 if waitpid($child->{pid}, 1) != 0; select undef, undef, undef, 0.01 }    # 1: WNOHANG
  push @left, $child->{pid};
  return $child->{pid};
}
sub still_waits { return $_[0] && waitpid($_[0], 1) == 0 }
# Before the end: who still waits ends with us, or as soon as the kernel lets it go.
sub leave { kill KILL => @left if @left }
# All that a child says, for at most so many seconds; undef: it did not end by then.
sub collect {
  my ($from, $pid, $seconds, $most) = @_;
  my ($text, $got, $end) = ('', 1, clock() + $seconds);
  while ($got) {
    my $left = $end - clock();
    vec(my $wait = '', fileno $from, 1) = 1;
    last if $left <= 0 || !select $wait, undef, undef, $left;
    $got = sysread $from, $text, 65536, length $text;
    last if $most && length $text > $most;
  }
  # It may close its pipe and stay.
  my $ended = 0;
  while (defined $got && !$got && !($ended = waitpid $pid, 1) && clock() < $end) { select undef, undef, undef, 0.005 }
  if (!$ended) { dismiss({from => $from, pid => $pid}); return undef }
  close $from;
  return $text;
}
