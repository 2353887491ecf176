"""Chats: letters as lines in Slack, Teams, Discord, Telegram, Mattermost and others, and as JSON.

Fixed hosts are served by apprise, which is slow to import and so is only when a letter leaves; all
others, and Teams, whose hosts differ by customer, go through the egress door.
"""
