#!/usr/bin/perl
# What stands for a node that costs nothing: answers each look with a reading that was taken once, as the session of
# the look is to be answered (docs/probe.md). Its argument is the file; each record of that begins with "NONCE.".
use strict;
use warnings;
open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!";
my @lines = <$file>;
my ($nonce, $begin, $body, $end);
$| = 1;
while (my $line = <STDIN>) {
  last if $line eq "bye\n";
  if ($line =~ /^--session (\w+) /) {
    $nonce = $1;
    # By the line: one pattern over all of a text with /m took seconds for a reading of 2 MB.
    my @text = map { s/^\w+\.(?=\d+ )/$nonce./r } @lines;
    ($begin) = map { /^\w+\.\d+ begin \d+ (\w+ \w+) \S+ (\S+)/ ? [$1, $2] : () } @text;
    ($end) = map { /^\w+\.\d+ end \d+ (\d+)/ ? $1 : () } @text;
    $body = join '', grep { !/^\w+\.\d+ (?:begin|end) \d+ / } @text;
    print "#podglass:reading/1 $nonce\n";
  }
  next unless defined $nonce && $line =~ /^tick (\d+) /;
  my $record = sub { "$nonce." . length($_[0]) . " $_[0]\n" };
  print $record->("begin $1 $begin->[0] " . time . " $begin->[1]"), $body, $record->("end $1 $end");
}
